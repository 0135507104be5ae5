/* kettensim headers --rules NAME, on the first headers of Bitcoin and of testnet4 (BIP 94). */
#include "core/base/bytes.h"
#include "tests/cli/command.h"

#define GENESIS                                                                                    \
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac7" \
    "2c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
#define BLOCK_1                                                                                    \
    "010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe" \
    "680e1fee14677ba1a3c3540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299"
#define TESTNET4                                                                                   \
    "0100000000000000000000000000000000000000000000000000000000000000000000004e7b2b9128fe0291db06" \
    "93af2ae418b767e657cd407e80cb1434221eaea7a07a046f3566ffff001dbb0c7817"

static void
write_header(const char *folder, const char *name, const char *hex)
{
    g_autofree char *path = folder_path(folder, name);
    uint8_t bytes[80];

    CU_ASSERT_TRUE_FATAL(kette_hex_decode(bytes, sizeof bytes, hex));
    CU_ASSERT_TRUE(g_file_set_contents(path, (const char *)bytes, sizeof bytes, NULL));
}

static void
test_names(void)
{
    char *folder = folder_new();
    g_auto(Result) four = {0, NULL, NULL}, help = {0, NULL, NULL};

    write_header(folder, "four", TESTNET4);
    four = COMMAND(folder, "headers", "--rules", "testnet4", "four");
    CU_ASSERT_EQUAL(four.status, 0);
    TEST_CONTAINS(four.out, "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043");
    COMMAND_REFUSED(folder, "write one of bitcoin, bip54, testnet3, testnet4, bch", "headers",
                    "--rules", "doge", "four");
    help = COMMAND(folder, "headers", "--help");
    TEST_CONTAINS(help.out, "bitcoin (default), bip54, testnet3, testnet4 or bch");
    folder_remove(folder);
}

/* The same header above the same root, as if at another height: which rule holds goes by it. Below
 * the anchor of Bitcoin Cash it looks back on blocks that are not there, above it is due on a
 * schedule of its own. */
static void
test_heights(void)
{
    char *folder = folder_new();
    g_auto(Result) bitcoin = {0, NULL, NULL}, cw_144 = bitcoin, asert = bitcoin;

    write_header(folder, "one", BLOCK_1);
    bitcoin =
        COMMAND(folder, "headers", "one", "--root", GENESIS, "--height", "661700", "--work", "1");
    CU_ASSERT_EQUAL(bitcoin.status, 0);
    cw_144 = COMMAND(folder, "headers", "one", "--root", GENESIS, "--height", "600000", "--work",
                     "1", "--rules", "bch", "--json");
    CU_ASSERT_EQUAL(cw_144.status, 0);
    TEST_CONTAINS(cw_144.out, "\"trusted_bits_height\" : 600001");
    TEST_CONTAINS(cw_144.out, "\"trusted_bits_count\" : 1");
    asert = COMMAND(folder, "headers", "one", "--root", GENESIS, "--height", "661700", "--work",
                    "1", "--rules", "bch");
    CU_ASSERT_EQUAL(asert.status, 1);
    TEST_CONTAINS(asert.out, "bad-bits");
    folder_remove(folder);
}

TEST_SUITE(headers, {"names", test_names}, {"heights", test_heights})
