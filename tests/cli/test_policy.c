/* kettensim policy. */
#include "tests/cli/command.h"

#include <string.h>

static void
test_optimal(void)
{
    char *folder = folder_new();
    g_auto(Result) first = COMMAND(folder, "policy", "--alpha", "35%", "--gamma", "0.5", "--limit",
                                   "40", "-o", "o.csv");
    g_auto(Result) again =
        COMMAND(folder, "policy", "--alpha", "35%", "--gamma", "50%", "--evaluate", "o.csv");
    g_auto(Result) coin = COMMAND(folder, "policy", "--alpha", "30%", "--tie", "random", "--limit",
                                  "40", "-o", "c.csv");
    g_auto(Result) late =
        COMMAND(folder, "policy", "--alpha", "30%", "--gamma", "50%", "--evaluate", "c.csv");
    g_auto(Result) printed =
        COMMAND(folder, "policy", "--alpha", "20%", "--gamma", "0", "--limit", "3", "-o", "-");

    CU_ASSERT_EQUAL(first.status, 0);
    TEST_CONTAINS(first.out, "revenue share  0.43018, and no policy earns more than 0.4302");
    TEST_CONTAINS(first.out, "honest mining  0.35000");
    TEST_CONTAINS(first.out, "o.csv, 3239 rows");
    CU_ASSERT_EQUAL(again.status, 0);
    TEST_CONTAINS(again.out, "revenue share  0.43018\n");
    TEST_CONTAINS(coin.out, "revenue share  0.33986");
    TEST_CONTAINS(late.out, "some rows match in irrelevant states");
    CU_ASSERT_EQUAL(printed.status, 0);
    CU_ASSERT_TRUE(g_str_has_prefix(printed.out,
                                    "# The optimal policy for alpha 20%, gamma 0, stale 0%, limit "
                                    "3: revenue share 0.20000\na,h,fork,action\n0,1,irrelevant,"
                                    "adopt\n"));
    CU_ASSERT_PTR_NULL(strstr(printed.out, "honest mining"));
    folder_remove(folder);
}

static void
test_json(void)
{
    char *folder = folder_new();
    g_auto(Result) share = COMMAND(folder, "policy", "--json", "--alpha", "25%", "--gamma", "1",
                                   "--stale", "4%", "--limit", "30");
    g_auto(Result) spend = COMMAND(folder, "policy", "--json", "--alpha", "25%", "--gamma", "0",
                                   "--double-spend", "--confirmations", "2");

    CU_ASSERT_EQUAL(share.status, 0);
    TEST_CONTAINS(share.out, "\"stale\" : 0.04");
    TEST_CONTAINS(share.out, "\"honest_share\" : 0.2577");
    TEST_CONTAINS(share.out, "\"share\" : 0.3472"); /* honest / (1 − honest) */
    TEST_CONTAINS(share.out, "\"evaluated\" : null");
    TEST_CONTAINS(spend.out, "\"spends\" : \"when seen\"");
    TEST_CONTAINS(spend.out, "\"break_even\" : ");
    folder_remove(folder);
}

static void
test_double_spend(void)
{
    char *folder = folder_new();
    g_auto(Result) table =
        COMMAND(folder, "policy", "--alpha", "30%", "--gamma", "0", "--double-spend");
    g_auto(Result) one = COMMAND(folder, "policy", "--alpha", "30%", "--gamma", "0",
                                 "--double-spend", "--confirmations", "6", "--value", "25");
    g_auto(Result) none = COMMAND(folder, "policy", "--alpha", "30%", "--gamma", "0",
                                  "--double-spend", "--confirmations", "6", "--value", "19");

    CU_ASSERT_EQUAL(table.status, 0);
    TEST_CONTAINS(table.out, "\n            6        19.2293        19.2293 ");
    TEST_CONTAINS(table.out, "\n           12        110.761        110.761 ");
    CU_ASSERT_EQUAL(one.status, 0);
    CU_ASSERT_PTR_NULL(strstr(one.out, "does not pay"));
    TEST_CONTAINS(none.out, "An attempt does not pay: the best is to mine honestly.");
    folder_remove(folder);
}

#define REFUSED(part, ...) COMMAND_REFUSED(folder, part, "policy", __VA_ARGS__)
#define GOOD "--alpha", "30%", "--gamma", "0"

static void
test_refuses(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "bad.csv", "a,h,fork,action\n1,1,relevant,overide\n"));
    REFUSED("bad.csv:2: error: action is 'overide': write one of adopt, override, match, wait",
            GOOD, "--evaluate", "bad.csv");
    REFUSED("cannot read 'none.csv': No such file", GOOD, "--evaluate", "none.csv");
    REFUSED("--alpha is missing", "--gamma", "0");
    REFUSED("--gamma is missing", "--alpha", "30%");
    REFUSED("--alpha '50%' is no share above 0% and below 50%", "--alpha", "50%", "--gamma", "0");
    REFUSED("--alpha '0' is no share", "--alpha", "0", "--gamma", "0");
    REFUSED("--alpha '1s' is no share", "--alpha", "1s", "--gamma", "0");
    REFUSED("--gamma '101%' is no share from 0% to 100%", "--alpha", "30%", "--gamma", "101%");
    REFUSED("--stale '100%' is no share", GOOD, "--stale", "100%");
    REFUSED("the pool finds 0.9057 of the blocks that count", "--alpha", "49%", "--gamma", "0",
            "--stale", "90%");
    REFUSED("--limit '1' is not a whole number from 2 to 400", GOOD, "--limit", "1");
    REFUSED("--limit '401' is not", GOOD, "--limit", "401");
    REFUSED("--evaluate has no limit", GOOD, "--limit", "40", "--evaluate", "bad.csv");
    REFUSED("leave --gamma out", GOOD, "--tie", "random");
    REFUSED("no rule 'coin': write --tie first-seen or --tie random", GOOD, "--tie", "coin");
    REFUSED("are for --double-spend", GOOD, "--confirmations", "6");
    REFUSED("--value needs --confirmations", GOOD, "--double-spend", "--value", "6");
    REFUSED("--value '-1' is no number", GOOD, "--double-spend", "--confirmations", "2",
            "--value=-1");
    REFUSED("--limit 7 is too short for 6 confirmations: write --limit 8 or more", GOOD,
            "--double-spend", "--limit", "7", "--confirmations", "6");
    REFUSED("leave --double-spend out", GOOD, "--double-spend", "-o", "x.csv");
    REFUSED("leave --evaluate out", GOOD, "--evaluate", "bad.csv", "-o", "x.csv");
    REFUSED("name a file", GOOD, "--json", "-o", "-");
    REFUSED("cannot write 'no/x.csv'", GOOD, "-o", "no/x.csv");
    REFUSED("'x.csv' is one word too many", GOOD, "x.csv");
    folder_remove(folder);
}

TEST_SUITE(policy, {"optimal", test_optimal}, {"json", test_json},
           {"double spend", test_double_spend}, {"refuses", test_refuses})
