/* SipHash-2-4 against the vectors of its reference implementation: key 00..0f, input 00, 00 01, …
 */
#include "core/base/siphash.h"
#include "tests/harness/harness.h"

static void
test_reference_vectors(void)
{
    static const uint64_t want[] = {
        UINT64_C(0x726fdb47dd0e0e31), UINT64_C(0x74f839c593dc67fd), UINT64_C(0x0d6c8009d9a94f5a),
        UINT64_C(0x85676696d7fb7e2d), UINT64_C(0xcf2794e0277187b7), UINT64_C(0x18765564cd99a68d),
        UINT64_C(0xcbc9466e58fee3ce), UINT64_C(0xab0200f58b01d137), UINT64_C(0x93f5f5799a932462)};
    uint8_t input[16];

    for (unsigned i = 0; i < sizeof input; i++)
        input[i] = (uint8_t)i;
    for (size_t len = 0; len < sizeof want / sizeof *want; len++)
        CU_ASSERT_EQUAL(
            kette_siphash(UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908), input, len),
            want[len]);
    /* The paper's own example: 15 bytes. */
    CU_ASSERT_EQUAL(
        kette_siphash(UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908), input, 15),
        UINT64_C(0xa129ca6149be45e5));
}

TEST_SUITE(siphash, {"reference vectors", test_reference_vectors})
