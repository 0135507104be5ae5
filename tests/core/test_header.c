/* The 80 bytes of five real genesis headers: parse, id, serialise, proof of work. */
#include "core/chain/header.h"
#include "core/base/bytes.h"
#include "core/chain/rules.h"
#include "tests/harness/harness.h"

#define MERKLE "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a"
#define START                                                                                      \
    "01000000"                                                                                     \
    "0000000000000000000000000000000000000000000000000000000000000000"

typedef struct {
    const char *bytes, *id;
    uint32_t time, bits, nonce;
} Genesis;

static const Genesis headers[] = {
    {START MERKLE "29ab5f49ffff001d1dac2b7c",
     "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f", 1231006505, 0x1d00ffff,
     2083236893},
    {START MERKLE "dae5494dffff001d1aa4ae18",
     "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943", 1296688602, 0x1d00ffff,
     414098458},
    {START "4e7b2b9128fe0291db0693af2ae418b767e657cd407e80cb1434221eaea7a07a"
           "046f3566ffff001dbb0c7817",
     "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043", 1714777860, 0x1d00ffff,
     393743547},
    {START MERKLE "008f4d5fae77031e8ad22203",
     "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6", 1598918400, 0x1e0377ae,
     52613770},
    {START MERKLE "dae5494dffff7f2002000000",
     "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206", 1296688602, 0x207fffff, 2},
};

static void
check_genesis(KetteHasher *hasher, const Genesis *g)
{
    uint8_t bytes[KETTE_HEADER_BYTES], again[KETTE_HEADER_BYTES];
    char hex[KETTE_HASH_HEX];
    KetteParams params;
    KetteHeader header;
    KetteHash id;

    CU_ASSERT_TRUE_FATAL(kette_hex_decode(bytes, sizeof bytes, g->bytes));
    kette_header_parse(&header, bytes);
    CU_ASSERT_EQUAL(header.time, g->time);
    CU_ASSERT_EQUAL(header.bits, g->bits);
    CU_ASSERT_EQUAL(header.nonce, g->nonce);
    kette_header_serialize(&header, again);
    CU_ASSERT_EQUAL(memcmp(bytes, again, sizeof bytes), 0);
    id = kette_header_id(hasher, &header);
    kette_hash_to_hex(hex, &id);
    TEST_STR_EQUAL(hex, g->id);

    kette_params_init(&params);
    params.pow = KETTE_POW_REAL;
    params.genesis_bits = g->bits;
    CU_ASSERT_EQUAL(kette_rules_header(&params, hasher, &header, &id), KETTE_OK);
    if (g->bits == 0x207fffff)
        return; /* half of all nonces will do there */
    header.nonce ^= 1;
    id = kette_header_id(hasher, &header);
    CU_ASSERT_EQUAL(kette_rules_header(&params, hasher, &header, &id), KETTE_HIGH_HASH);
}

static void
test_genesis_headers(void)
{
    g_autoptr(KetteHasher) hasher = kette_hasher_new();

    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++)
        check_genesis(hasher, &headers[i]);
}

static void
test_seal(void)
{
    g_autoptr(KetteHasher) hasher = kette_hasher_new();
    KetteHash key = {{1}}, other = {{2}}, id = {{0}};
    KetteHeader header = {.version = 1, .bits = 0x1e0ffff0, .time = 5};
    KetteParams params;

    kette_params_init(&params);
    params.seal_key = key;
    header.nonce = kette_header_seal(hasher, &header, &key);
    CU_ASSERT_EQUAL(kette_rules_header(&params, hasher, &header, &id), KETTE_OK);
    header.time++; /* the seal covers the rest of the header */
    CU_ASSERT_EQUAL(kette_rules_header(&params, hasher, &header, &id), KETTE_HIGH_HASH);
    header.time--;
    params.seal_key = other; /* and the run */
    CU_ASSERT_EQUAL(kette_rules_header(&params, hasher, &header, &id), KETTE_HIGH_HASH);
}

/* The median of as many times as there are: of an even count the upper of the two in the middle, as
 * Bitcoin Core's GetMedianTimePast (chain.h) takes element count / 2 of those in order. */
static void
test_median_time(void)
{
    static const uint32_t times[] = {100, 50, 200, 120, 10, 300};
    static const uint32_t medians[] = {100, 100, 100, 120, 100, 120};
    KetteEntry chain[G_N_ELEMENTS(times)];

    memset(chain, 0, sizeof chain);
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        chain[i].parent = i > 0 ? &chain[i - 1] : NULL;
        chain[i].header.time = times[i];
        chain[i].header.bits = 0x1e0ffff0;
        kette_entry_derive(&chain[i], 11);
        CU_ASSERT_EQUAL(chain[i].median_time, medians[i]);
    }
    kette_entry_derive(&chain[5], 3); /* of 120, 10, 300 */
    CU_ASSERT_EQUAL(chain[5].median_time, 120);
}

TEST_SUITE(header, {"median time", test_median_time},
           {"real genesis headers", test_genesis_headers}, {"the seal", test_seal})
