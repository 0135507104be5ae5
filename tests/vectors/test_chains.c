/* Header chains that belong to no set that every check has; each is looked at when its file is
 * there.
 *
 *   bip54_timestamps.json            bips, bip-0054/test_vectors/timestamps.json: chains of headers
 *                                    of Bitcoin, with whether BIP 54 allows them
 *   bsv_886001_888000_headers.bin    2000 headers of Bitcoin SV, which still has cw-144 (teranode,
 *                                    services/blockchain/886001_888000_headers.bin)
 *   bsv_testnet_1602530_1602710.bin  181 of its test network, where cw-144 has an exception for
 *                                    blocks over 20 minutes late (teranode,
 *                                    test/testnet_headers_1602530_1602710.bin)
 */
#include "core/base/bytes.h"
#include "core/chain/header_chain.h"
#include "core/chain/retarget.h"
#include "core/chain/rules.h"
#include "tests/harness/harness.h"
#include "tests/vectors/vectors.h"

#include <stdio.h>

/* --- BIP 54 ------------------------------------------------------------------------------- */

typedef struct {
    unsigned compared, differing;
} Score;

static KetteVerdict
verdict_of(const char *rules_name, GPtrArray *headers)
{
    g_autoptr(KetteHeaderChain) chain = NULL;
    KetteHeaderRules rules;
    KetteVerdict verdict = KETTE_OK;
    uint8_t bytes[KETTE_HEADER_BYTES];

    CU_ASSERT_TRUE_FATAL(kette_header_rules_find(&rules, rules_name));
    chain = kette_header_chain_new(&rules);
    for (guint i = 0; i < headers->len && verdict == KETTE_OK; i++) {
        CU_ASSERT_TRUE_FATAL(kette_hex_decode(bytes, sizeof bytes, headers->pdata[i]));
        verdict = kette_header_chain_add(chain, bytes);
    }
    return verdict;
}

/* A case has headers that go on from those of the cases around it, and cases that go on from it. */
static void
check_branch(JsonObject *branch, GPtrArray *headers, Score *score)
{
    JsonArray *own = json_object_get_array_member(branch, "block_headers");
    const guint before = headers->len;

    for (guint i = 0; i < json_array_get_length(own); i++)
        g_ptr_array_add(headers, (gpointer)json_array_get_string_element(own, i));
    if (json_object_has_member(branch, "valid")) {
        bool valid = json_object_get_boolean_member(branch, "valid");
        KetteVerdict due = valid ? KETTE_OK : KETTE_TIME_WARP;

        CU_ASSERT_EQUAL(verdict_of("bitcoin", headers), KETTE_OK);
        score->compared++;
        score->differing += verdict_of("bip54", headers) != due;
    }
    if (json_object_has_member(branch, "extensions")) {
        JsonArray *more = json_object_get_array_member(branch, "extensions");

        for (guint i = 0; i < json_array_get_length(more); i++)
            check_branch(vectors_at(more, i), headers, score);
    }
    g_ptr_array_set_size(headers, (gint)before);
}

static void
test_bip54(void)
{
    g_autofree char *text = vectors_read_if_there("bip54_timestamps.json", NULL);
    g_autoptr(GPtrArray) headers = g_ptr_array_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    Score score = {0, 0};

    if (text == NULL)
        return;
    CU_ASSERT_TRUE_FATAL(json_parser_load_from_data(parser, text, -1, NULL));
    check_branch(vectors_root(parser), headers, &score);
    printf("BIP 54: %u chains of headers, %u differ\n", score.compared, score.differing);
    CU_ASSERT_TRUE(score.compared > 0);
    CU_ASSERT_EQUAL(score.differing, 0);
}

/* --- cw-144 ------------------------------------------------------------------------------- */

/* Compares the bits of each header, from the first whose window is in the file, with those due. A
 * block more than `late_s` after its parent is passed over; 0: none is. */
static Score
compare_cw_144(const uint8_t *bytes, size_t count, uint64_t height, int64_t late_s)
{
    g_autofree KetteEntry *blocks = g_new0(KetteEntry, count);
    KetteParams params;
    Score score = {0, 0};

    kette_params_init_bitcoin(&params);
    params.retarget = KETTE_RETARGET_CW_144;
    params.window = 144;
    for (size_t i = 0; i < count; i++) {
        KetteEntry *block = &blocks[i], *parent = i > 0 ? block - 1 : NULL;
        uint32_t due = parent ? kette_retarget_next(&params, parent, 0) : 0;

        kette_header_parse(&block->header, bytes + i * KETTE_HEADER_BYTES);
        block->parent = parent;
        kette_entry_derive(block, params.mtp_window);
        block->height = height + i;
        block->skip = NULL;
        if (due == 0 || (late_s > 0 && (int64_t)block->header.time - parent->header.time > late_s))
            continue;
        score.compared++;
        score.differing += block->header.bits != due;
    }
    return score;
}

static void
check_cw_144(const char *name, uint64_t height, int64_t late_s, unsigned compared)
{
    size_t len;
    g_autofree char *text = vectors_read_if_there(name, &len);
    Score score;

    if (text == NULL)
        return;
    score = compare_cw_144((const uint8_t *)text, len / KETTE_HEADER_BYTES, height, late_s);
    printf("%s: %u bits compared, %u differ\n", name, score.compared, score.differing);
    CU_ASSERT_EQUAL(score.compared, compared);
    CU_ASSERT_EQUAL(score.differing, 0);
}

static void
test_cw_144(void)
{
    check_cw_144("bsv_886001_888000_headers.bin", 886001, 0, 1853);
    check_cw_144("bsv_testnet_1602530_1602710.bin", 1602530, 1200, 26);
}

TEST_SUITE(chains, {"BIP 54", test_bip54}, {"cw-144", test_cw_144})
