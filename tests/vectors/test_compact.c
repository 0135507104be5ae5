/* compact_vectors.json: Bitcoin Core's and btcd's cases of compact bits, work, proof of work and
 * division.
 *
 * Core's SetCompact always gives a number and two flags; our decoder gives one status and a number
 * only with ok. The file's answers become ours so, first match first:
 *   overflow                   overflow
 *   target 0, whatever sign    zero
 *   negative                   negative
 *   reencode is not bits       not canonical
 *   else                       ok, and the target is the file's
 * GetCompact of a negative number is our encoding of its magnitude with the sign bit.
 */
#include "core/chain/rules.h"
#include "tests/harness/harness.h"
#include "tests/vectors/vectors.h"

#define SIGN 0x00800000u

static KetteCompact
status_of(JsonObject *c, const KetteU256 *target)
{
    if (json_object_get_boolean_member(c, "overflow"))
        return KETTE_COMPACT_OVERFLOW;
    if (kette_u256_is_zero(target))
        return KETTE_COMPACT_ZERO;
    if (json_object_get_boolean_member(c, "negative"))
        return KETTE_COMPACT_NEGATIVE;
    if (vectors_bits(c, "reencode") != vectors_bits(c, "bits"))
        return KETTE_COMPACT_NOT_CANONICAL;
    return KETTE_COMPACT_OK;
}

static void
test_decode(void)
{
    g_autoptr(JsonParser) parser = vectors_parse("compact_vectors.json");
    JsonArray *cases = json_object_get_array_member(vectors_root(parser), "decode");

    CU_ASSERT_EQUAL(json_array_get_length(cases), 20);
    for (guint i = 0; i < json_array_get_length(cases); i++) {
        JsonObject *c = vectors_at(cases, i);
        bool overflow = json_object_get_boolean_member(c, "overflow");
        KetteU256 want = {{0}}, got;
        KetteCompact status;

        if (!overflow)
            want = vectors_number(c, "target");
        status = kette_compact_decode(&got, vectors_bits(c, "bits"));
        CU_ASSERT_EQUAL(status, status_of(c, &want));
        if (status == KETTE_COMPACT_OK)
            vectors_check_number(&got, &want);
        if (!overflow) {
            uint32_t sign = json_object_get_boolean_member(c, "negative") ? SIGN : 0;

            CU_ASSERT_EQUAL(kette_compact_encode(&want) | sign, vectors_bits(c, "reencode"));
        }
    }
}

static void
test_encode(void)
{
    g_autoptr(JsonParser) parser = vectors_parse("compact_vectors.json");
    JsonObject *root = vectors_root(parser);
    JsonArray *cases = json_object_get_array_member(root, "encode");

    CU_ASSERT_EQUAL(json_array_get_length(cases), 4);
    for (guint i = 0; i < json_array_get_length(cases); i++) {
        JsonObject *c = vectors_at(cases, i);
        KetteU256 target = vectors_number(c, "target"), back = vectors_number(c, "roundtrip"), got;

        CU_ASSERT_EQUAL(kette_compact_encode(&target), vectors_bits(c, "bits"));
        CU_ASSERT_EQUAL_FATAL(kette_compact_decode(&got, vectors_bits(c, "bits")),
                              KETTE_COMPACT_OK);
        vectors_check_number(&got, &back);
    }
    cases = json_object_get_array_member(root, "btcd_signed_encode");
    CU_ASSERT_EQUAL(json_array_get_length(cases), 2);
    for (guint i = 0; i < json_array_get_length(cases); i++) {
        JsonObject *c = vectors_at(cases, i);
        gint64 value = json_object_get_int_member(c, "value");
        KetteU256 magnitude = kette_u256_from_u64((uint64_t)ABS(value));

        CU_ASSERT_EQUAL(kette_compact_encode(&magnitude) | (value < 0 ? SIGN : 0),
                        vectors_bits(c, "bits"));
    }
}

/* Work 0 stands for bits that are no target: those do not decode here. */
static void
test_work(void)
{
    g_autoptr(JsonParser) parser = vectors_parse("compact_vectors.json");
    JsonArray *cases = json_object_get_array_member(vectors_root(parser), "work");

    CU_ASSERT_EQUAL(json_array_get_length(cases), 5);
    for (guint i = 0; i < json_array_get_length(cases); i++) {
        JsonObject *c = vectors_at(cases, i);
        KetteU256 want = vectors_decimal(json_object_get_string_member(c, "work")), target, got;
        KetteCompact status = kette_compact_decode(&target, vectors_bits(c, "bits"));

        if (kette_u256_is_zero(&want)) {
            CU_ASSERT_NOT_EQUAL(status, KETTE_COMPACT_OK);
            continue;
        }
        CU_ASSERT_EQUAL_FATAL(status, KETTE_COMPACT_OK);
        got = kette_work_of_target(&target);
        vectors_check_number(&got, &want);
    }
}

static void
test_proof_of_work(void)
{
    g_autoptr(JsonParser) parser = vectors_parse("compact_vectors.json");
    g_autoptr(KetteHasher) hasher = kette_hasher_new();
    JsonArray *cases =
        json_object_get_array_member(vectors_root(parser), "check_proof_of_work_mainnet");
    KetteParams params;

    kette_params_init_bitcoin(&params);
    CU_ASSERT_EQUAL(json_array_get_length(cases), 5);
    for (guint i = 0; i < json_array_get_length(cases); i++) {
        JsonObject *c = vectors_at(cases, i);
        KetteHeader header = {.version = 1, .bits = vectors_bits(c, "bits")};
        bool valid = json_object_get_boolean_member(c, "valid");
        KetteHash id;

        CU_ASSERT_TRUE(kette_hash_from_hex(&id, json_object_get_string_member(c, "hash")));
        CU_ASSERT_EQUAL(kette_rules_header(&params, hasher, &header, &id) == KETTE_OK, valid);
    }
}

static void
test_divide(void)
{
    g_autoptr(JsonParser) parser = vectors_parse("compact_vectors.json");
    JsonArray *cases = json_object_get_array_member(vectors_root(parser), "arith256_divide");

    CU_ASSERT_EQUAL(json_array_get_length(cases), 2);
    for (guint i = 0; i < json_array_get_length(cases); i++) {
        JsonObject *c = vectors_at(cases, i);
        KetteU256 a = vectors_number(c, "a"), b = vectors_number(c, "b");
        KetteU256 want = vectors_number(c, "r"), got;

        kette_u256_div(&got, &a, &b);
        vectors_check_number(&got, &want);
    }
}

TEST_SUITE(compact, {"decode", test_decode}, {"encode", test_encode}, {"work", test_work},
           {"proof of work", test_proof_of_work}, {"divide", test_divide})
