/* Real headers: five genesis blocks, and the first 10 237 of Bitcoin's main chain. */
#include "core/base/bytes.h"
#include "core/chain/header_chain.h"
#include "core/chain/rules.h"
#include "tests/harness/harness.h"
#include "tests/vectors/vectors.h"

static void
check_hash(JsonObject *c, const char *member, const KetteHash *got)
{
    char hex[KETTE_HASH_HEX];

    kette_hash_to_hex(hex, got);
    TEST_STR_EQUAL(hex, json_object_get_string_member(c, member));
}

static void
test_genesis_headers(void)
{
    g_autoptr(JsonParser) parser = vectors_parse("genesis.json");
    g_autoptr(KetteHasher) hasher = kette_hasher_new();
    JsonArray *cases = json_object_get_array_member(vectors_root(parser), "genesis");

    CU_ASSERT_EQUAL(json_array_get_length(cases), 5);
    for (guint i = 0; i < json_array_get_length(cases); i++) {
        JsonObject *c = vectors_at(cases, i);
        g_autoptr(GByteArray) bytes = vectors_bytes(c, "header");
        uint8_t again[KETTE_HEADER_BYTES];
        KetteParams params;
        KetteHeader header;
        KetteHash id;

        CU_ASSERT_EQUAL_FATAL(bytes->len, KETTE_HEADER_BYTES);
        kette_header_parse(&header, bytes->data);
        kette_header_serialize(&header, again);
        CU_ASSERT_EQUAL(memcmp(again, bytes->data, sizeof again), 0);
        id = kette_header_id(hasher, &header);
        check_hash(c, "hash", &id);
        check_hash(c, "merkle", &header.commitment);
        CU_ASSERT_EQUAL(header.version, 1);
        CU_ASSERT_EQUAL(header.time, json_object_get_int_member(c, "time"));
        CU_ASSERT_EQUAL(header.bits, vectors_bits(c, "bits"));
        CU_ASSERT_EQUAL(header.nonce, json_object_get_int_member(c, "nonce"));
        kette_params_init_bitcoin(&params);
        params.genesis_bits = header.bits;
        CU_ASSERT_EQUAL(kette_rules_header(&params, hasher, &header, &id) == KETTE_OK,
                        json_object_get_boolean_member(c, "pow_ok"));
    }
}

#define LAST_HEIGHT 10236

/* Every block up to there has the easiest target, so the work is a multiple. */
static void
test_main_chain(void)
{
    size_t len;
    g_autofree char *text = vectors_read("mainnet_0_10236.bin", &len);
    const uint8_t *bytes = (const uint8_t *)text;
    g_autoptr(KetteHeaderChain) chain = NULL;
    KetteU256 want = kette_u256_from_u64(UINT64_C(0x100010001));
    const KetteEntry *tip;
    KetteHeaderRules rules;
    uint64_t changed;
    char hex[KETTE_HASH_HEX];

    CU_ASSERT_TRUE_FATAL(kette_header_rules_find(&rules, "bitcoin"));
    chain = kette_header_chain_new(&rules);
    CU_ASSERT_EQUAL_FATAL(len, (LAST_HEIGHT + 1) * KETTE_HEADER_BYTES);
    for (size_t at = 0; at < len; at += KETTE_HEADER_BYTES)
        CU_ASSERT_EQUAL(kette_header_chain_add(chain, bytes + at), KETTE_OK);
    tip = kette_header_chain_tip(chain);
    CU_ASSERT_EQUAL(tip->height, LAST_HEIGHT);
    kette_hash_to_hex(hex, &tip->id);
    TEST_STR_EQUAL(hex, "000000004f74d42205b9d7ae1cb5c1591e723894a71358fce73b7e0919628161");
    CU_ASSERT_FALSE(kette_u256_mul_u64(&want, &want, LAST_HEIGHT + 1));
    vectors_check_number(&tip->work, &want);
    CU_ASSERT_EQUAL(kette_header_chain_retargets(chain, &changed), LAST_HEIGHT / 2016);
    CU_ASSERT_EQUAL(changed, 0);
}

/* The same from a root in the middle: the same tip, height and work. */
static void
test_main_chain_from_a_root(void)
{
    const uint64_t root = 5000;
    size_t len;
    g_autofree char *text = vectors_read("mainnet_0_10236.bin", &len);
    const uint8_t *bytes = (const uint8_t *)text;
    g_autoptr(KetteHeaderChain) chain = NULL;
    KetteU256 each = kette_u256_from_u64(UINT64_C(0x100010001)), work;
    KetteHeaderRules rules;
    uint64_t count;

    CU_ASSERT_TRUE_FATAL(kette_header_rules_find(&rules, "bitcoin"));
    chain = kette_header_chain_new(&rules);
    kette_u256_mul_u64(&work, &each, root + 1);
    CU_ASSERT_EQUAL(kette_header_chain_trust(chain, bytes + root * KETTE_HEADER_BYTES, root, &work),
                    KETTE_OK);
    for (size_t at = (root + 1) * KETTE_HEADER_BYTES; at < len; at += KETTE_HEADER_BYTES)
        CU_ASSERT_EQUAL(kette_header_chain_add(chain, bytes + at), KETTE_OK);
    CU_ASSERT_EQUAL(kette_header_chain_tip(chain)->height, LAST_HEIGHT);
    kette_u256_mul_u64(&work, &each, LAST_HEIGHT + 1);
    vectors_check_number(&kette_header_chain_tip(chain)->work, &work);
    CU_ASSERT_EQUAL(kette_header_chain_trusted_bits(chain, &count), 6048);
    CU_ASSERT_EQUAL(count, 1);
    CU_ASSERT_EQUAL(kette_header_chain_trusted_times(chain), root + 10);
}

TEST_SUITE(headers, {"genesis headers", test_genesis_headers},
           {"10237 headers of the main chain", test_main_chain},
           {"the same from a trusted root", test_main_chain_from_a_root})
