/* Bitcoin Core's retarget cases, every real retarget of Bitcoin's main chain with its cumulative
 * work, and aserti3-2d's runs. */
#include "core/chain/retarget.h"

#include <string.h>

#include "tests/harness/harness.h"
#include "tests/vectors/vectors.h"

static void
check_retarget(const KetteParams *params, JsonObject *c)
{
    uint32_t last = vectors_bits(c, "last_bits"), next = vectors_bits(c, "next_bits");
    gint64 from = json_object_get_int_member(c, "first_time");
    gint64 to = json_object_get_int_member(c, "last_time");

    CU_ASSERT_EQUAL(kette_retarget_epoch(params, last, from, to), next);
    CU_ASSERT_TRUE(kette_retarget_epoch_permits(params, last, next));
    if (json_object_has_member(c, "next_bits_minus1_not_permitted"))
        CU_ASSERT_FALSE(kette_retarget_epoch_permits(params, last, next - 1));
    if (json_object_has_member(c, "next_bits_plus1_not_permitted"))
        CU_ASSERT_FALSE(kette_retarget_epoch_permits(params, last, next + 1));
}

static void
test_core_cases(void)
{
    g_autoptr(JsonParser) parser = vectors_parse("bitcoin_core_pow_tests.json");
    JsonArray *cases = json_object_get_array_member(vectors_root(parser), "vectors");
    KetteParams params;

    kette_params_init_bitcoin(&params);
    CU_ASSERT_EQUAL(json_array_get_length(cases), 4);
    for (guint i = 0; i < json_array_get_length(cases); i++)
        check_retarget(&params, vectors_at(cases, i));
}

/* Adds the work of `count` blocks of these bits. */
static void
add_work(KetteU256 *work, uint32_t bits, uint64_t count)
{
    KetteU256 each;

    CU_ASSERT_EQUAL_FATAL(kette_compact_decode(&each, bits), KETTE_COMPACT_OK);
    each = kette_work_of_target(&each);
    CU_ASSERT_FALSE(kette_u256_mul_u64(&each, &each, count));
    CU_ASSERT_FALSE(kette_u256_add(work, work, &each));
}

static void
test_every_real_retarget(void)
{
    g_autoptr(JsonParser) parser = vectors_parse("bitcoin_mainnet_all_retargets.json");
    JsonArray *cases = json_object_get_array_member(vectors_root(parser), "vectors");
    KetteU256 work = {{0}};
    KetteParams params;

    kette_params_init_bitcoin(&params);
    CU_ASSERT_EQUAL(json_array_get_length(cases), 413);
    for (guint i = 0; i < json_array_get_length(cases); i++) {
        JsonObject *c = vectors_at(cases, i);
        KetteU256 want = vectors_number(c, "chainwork_at_next"), at_next;

        CU_ASSERT_EQUAL(json_object_get_int_member(c, "last_height"), 2016 * (gint64)i + 2015);
        check_retarget(&params, c);
        add_work(&work, vectors_bits(c, "last_bits"), params.window);
        at_next = work;
        add_work(&at_next, vectors_bits(c, "next_bits"), 1);
        vectors_check_number(&at_next, &want);
    }
}

/* "##   KEY: VALUE" of a run's head, base 10 or 0x. */
static uint64_t
head_of(char **lines, const char *key)
{
    g_autofree char *prefix = g_strdup_printf("##   %s: ", key);

    for (; *lines != NULL; lines++) {
        if (g_str_has_prefix(*lines, prefix))
            return g_ascii_strtoull(*lines + strlen(prefix), NULL, 0);
    }
    CU_FAIL("a head line is missing");
    return 0;
}

/* Runs 01 to 03 stand on schedule at the limit, at an arbitrary target and at the least one. The
 * limit of the runs is Bitcoin's; 0x01010000 is the hardest target there is, and the ends hold. */
static void
check_asert_run(const char *name)
{
    g_autofree char *text = vectors_read(name, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    uint64_t anchor_height = head_of(lines, "anchor height"), seen = 0;
    int64_t anchor_time = (int64_t)head_of(lines, "anchor ancestor time");
    uint32_t anchor_bits = (uint32_t)head_of(lines, "anchor nBits");
    KetteParams params;

    kette_params_init_bitcoin(&params);
    params.retarget = KETTE_RETARGET_ASERT;
    params.half_life_s = 2 * 24 * 3600;
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) words = g_strsplit(*line, " ", -1);
        uint64_t height;
        int64_t time;
        uint32_t bits = 0;

        if (**line == '#' || g_strv_length(words) != 4)
            continue;
        height = g_ascii_strtoull(words[1], NULL, 10);
        time = g_ascii_strtoll(words[2], NULL, 10);
        CU_ASSERT_TRUE(kette_retarget_asert(&bits, &params, anchor_bits, time - anchor_time,
                                            height - anchor_height));
        CU_ASSERT_EQUAL(bits, g_ascii_strtoull(words[3], NULL, 16));
        seen++;
    }
    CU_ASSERT_EQUAL(seen, head_of(lines, "iterations"));
}

static void
test_asert_runs(void)
{
    check_asert_run("asert/run01");
    check_asert_run("asert/run02");
    check_asert_run("asert/run03");
}

TEST_SUITE(retarget, {"Bitcoin Core's cases", test_core_cases},
           {"every real retarget", test_every_real_retarget},
           {"asert runs 01 to 03", test_asert_runs})
