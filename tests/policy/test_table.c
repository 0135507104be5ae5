/* Policies as files: what is read, what is refused and where, and what a missing row does. */
#include "sim/policy/table.h"
#include "tests/harness/harness.h"

#include <string.h>

#define HEAD "a,h,fork,action\n"

static PolicyTable *
parse(const char *text)
{
    g_autofree char *error = NULL;
    guint line = 0;
    PolicyTable *table = policy_table_parse(text, strlen(text), &line, &error);

    TEST_STR_EQUAL(error != NULL ? error : "", "");
    return table;
}

/* Expects "LINE: message". */
static void
refuses_bytes(const char *text, size_t length, const char *want)
{
    g_autofree char *error = NULL, *got = NULL;
    guint line = 0;
    g_autoptr(PolicyTable) table = policy_table_parse(text, length, &line, &error);

    CU_ASSERT_PTR_NULL(table);
    got = g_strdup_printf("%u: %s", line, error);
    TEST_STR_EQUAL(got, want);
}

static void
refuses(const char *text, const char *want)
{
    refuses_bytes(text, strlen(text), want);
}

static void
test_reads(void)
{
    g_autoptr(PolicyTable) table = parse(
        "\xef\xbb\xbf# by hand\r\n\r\n \"action\", fork ,h,a\r\n"
        "wait,irrelevant,0,1\r\n  # a comment\nmatch, \"relevant\" ,1,1\r\noverride,active,1,2");

    CU_ASSERT_PTR_NOT_NULL_FATAL(table);
    CU_ASSERT_EQUAL(policy_table_rows(table), 3);
    CU_ASSERT_EQUAL(policy_table_limit(table), 2);
    CU_ASSERT_EQUAL(policy_table_get(table, 1, 0, POLICY_IRRELEVANT), POLICY_WAIT);
    CU_ASSERT_EQUAL(policy_table_get(table, 1, 1, POLICY_RELEVANT), POLICY_MATCH);
    CU_ASSERT_EQUAL(policy_table_get(table, 2, 1, POLICY_ACTIVE), POLICY_OVERRIDE);
    CU_ASSERT_FALSE(policy_table_needs_coin(table));
}

static void
test_default(void)
{
    g_autoptr(PolicyTable) table = policy_table_new(3);

    policy_table_set(table, 0, 1, POLICY_IRRELEVANT, POLICY_WAIT);
    policy_table_set(table, 3, 2, POLICY_RELEVANT, POLICY_WAIT);
    CU_ASSERT_EQUAL(policy_table_get(table, 1, 2, POLICY_IRRELEVANT), POLICY_ADOPT);
    CU_ASSERT_EQUAL(policy_table_get(table, 3, 2, POLICY_IRRELEVANT), POLICY_OVERRIDE);
    CU_ASSERT_EQUAL(policy_table_get(table, 1, 1, POLICY_RELEVANT), POLICY_WAIT);
    CU_ASSERT_EQUAL(policy_table_get(table, 0, 0, POLICY_IRRELEVANT), POLICY_WAIT);
    CU_ASSERT_EQUAL(policy_table_get(table, G_MAXUINT32, 7, POLICY_ACTIVE), POLICY_OVERRIDE);
    CU_ASSERT_EQUAL(policy_table_get(table, 7, G_MAXUINT32, POLICY_ACTIVE), POLICY_ADOPT);
}

/* Where the pool is behind, irrelevant and relevant are one state. */
static void
test_behind(void)
{
    g_autoptr(PolicyTable) table = parse(HEAD "0,1,irrelevant,wait\n0,1,relevant,wait\n");

    CU_ASSERT_PTR_NOT_NULL_FATAL(table);
    CU_ASSERT_EQUAL(policy_table_rows(table), 1);
    CU_ASSERT_EQUAL(policy_table_get(table, 0, 1, POLICY_RELEVANT), POLICY_WAIT);
    CU_ASSERT_EQUAL(policy_table_get(table, 0, 1, POLICY_IRRELEVANT), POLICY_WAIT);
}

static void
test_refuses_heads(void)
{
    refuses("", "1: no policy: write the line a,h,fork,action and a row for each state");
    refuses("# a\n\n", "2: no policy: write the line a,h,fork,action and a row for each state");
    refuses(HEAD, "1: no row: write one for each state, such as 1,1,relevant,match");
    refuses("a,h,action\n", "1: the head lacks 'fork': write the columns a, h, fork, action, in "
                            "any order");
    refuses("a\n", "1: the head lacks 'h', 'fork', 'action': write the columns a, h, fork, action, "
                   "in any order");
    refuses("# x\na,h,forks,action,value\n",
            "2: no column of a policy: 'forks', 'value': write the columns a, h, fork, action, in "
            "any order");
    refuses("a,h,fork,a,action\n", "1: the column 'a' stands twice: write it once");
    refuses("1,1,relevant,match\n", "1: no column of a policy: '1', '1', 'relevant', 'match': "
                                    "write the columns a, h, fork, action, in any order");
}

static void
test_refuses_cells(void)
{
    refuses(HEAD "1,1,relevant\n", "2: 3 cells where the head has 4");
    refuses(HEAD "1,1,relevant,match,\n", "2: 5 cells where the head has 4");
    refuses(HEAD "\n-1,1,relevant,match\n", "3: a is '-1': write a number of blocks, 0 to 10000");
    refuses(HEAD "1,,relevant,match\n", "2: h is '': write a number of blocks, 0 to 10000");
    refuses(HEAD "1,10001,relevant,adopt\n",
            "2: h is '10001': write a number of blocks, 0 to 10000");
    refuses(HEAD "1,18446744073709551617,relevant,adopt\n",
            "2: h is '18446744073709551617': write a number of blocks, 0 to 10000");
    refuses(HEAD "1.5,1,relevant,match\n", "2: a is '1.5': write a number of blocks, 0 to 10000");
    refuses(HEAD "1,1,relevent,match\n",
            "2: fork is 'relevent': write one of irrelevant, relevant, active");
    refuses(HEAD "1,1,relevant,Match\n",
            "2: action is 'Match': write one of adopt, override, match, wait");
    refuses(HEAD "1,1,relevant,\033[31m\n",
            "2: action is '\\x1b[31m': write one of adopt, override, match, wait");
    refuses_bytes(HEAD "1,1,relevant,wait\0\n", strlen(HEAD) + 19,
                  "2: action is 'wait\\x00': write one of adopt, override, match, wait");
    refuses(HEAD "1,1,relevant,0123456789012345678901234567890123456789x\n",
            "2: action is '0123456789012345678901234567890123456789…': write one of adopt, "
            "override, match, wait");
}

static void
test_refuses_states(void)
{
    refuses(HEAD "1,0,relevant,wait\n",
            "2: no state is relevant at h = 0, without a public block: write h >= 1");
    refuses(HEAD "1,0,active,wait\n",
            "2: no state is active at h = 0, without a public block: write h >= 1");
    refuses(HEAD "2,2,active,wait\n",
            "2: no state is active at a = 2, h = 2: a match needs a >= h, and the next block of "
            "the pool makes it a > h");
    refuses(HEAD "2,2,irrelevant,override\n",
            "2: override needs a > h, and here a = 2, h = 2: write one of adopt, match, wait");
    refuses(HEAD "2,3,relevant,match\n",
            "2: match needs a >= h, and here a = 2, h = 3: write one of adopt, wait");
    refuses(HEAD "2,0,irrelevant,match\n",
            "2: match needs a public block, and here a = 2, h = 0: write one of adopt, override, "
            "wait");
    refuses(HEAD "3,2,active,match\n",
            "2: an active state has its match, and here a = 3, h = 2: write one of adopt, "
            "override, wait");
    refuses(HEAD "1,1,relevant,match\n1,1,relevant,match\n",
            "3: the state a = 1, h = 1, relevant has a row already, which says match");
    refuses(HEAD "0,1,relevant,adopt\n0,1,irrelevant,wait\n",
            "3: the state a = 0, h = 1 is the same irrelevant or relevant, as the pool cannot "
            "match, and an earlier row says adopt: write one row");
}

static void
test_bounds(void)
{
    g_autoptr(GString) text = g_string_new(HEAD);
    g_autofree char *error = NULL, *got = NULL;
    guint line = 0;
    PolicyTable *table;

    for (guint i = 0; i <= POLICY_ROWS_MAX; i++)
        g_string_append_printf(text, "%u,%u,irrelevant,adopt\n", i % 5000, i / 5000);
    table = policy_table_parse(text->str, text->len, &line, &error);
    CU_ASSERT_PTR_NULL(table);
    CU_ASSERT_EQUAL(line, POLICY_ROWS_MAX + 2);
    TEST_STR_EQUAL(error, "more than 1000000 rows: leave out those that say what a state without a "
                          "row does");
}

/* Every state that occurs with every action that is legal, up to branches of 12 blocks. */
static void
test_round_trip(void)
{
    g_autoptr(PolicyTable) table = policy_table_new(12), again = NULL;
    g_autoptr(GString) text = g_string_new(NULL), second = g_string_new(NULL);
    guint next = 0;

    for (guint32 h = 13; h-- > 0;) {
        for (guint32 a = 0; a <= 12; a++) {
            for (int fork = 0; fork < POLICY_FORKS; fork++) {
                if (!policy_state_occurs(a, h, (PolicyFork)fork))
                    continue;
                do
                    next = (next + 1) % POLICY_ACTIONS;
                while (!policy_action_is_legal(a, h, (PolicyFork)fork, (PolicyAction)next));
                policy_table_set(table, a, h, (PolicyFork)fork, (PolicyAction)next);
            }
        }
    }
    CU_ASSERT_TRUE(policy_table_needs_coin(table));
    policy_table_write(table, text);
    again = parse(text->str);
    CU_ASSERT_PTR_NOT_NULL_FATAL(again);
    policy_table_write(again, second);
    TEST_STR_EQUAL(second->str, text->str);
    CU_ASSERT_TRUE(g_str_has_prefix(text->str, HEAD "0,0,irrelevant,"));
    for (guint32 h = 0; h <= 12; h++) {
        for (guint32 a = 0; a <= 12; a++) {
            for (int fork = 0; fork < POLICY_FORKS; fork++)
                CU_ASSERT_EQUAL(policy_table_get(again, a, h, (PolicyFork)fork),
                                policy_table_get(table, a, h, (PolicyFork)fork));
        }
    }
}

TEST_SUITE(policy_table, {"reads", test_reads}, {"default", test_default}, {"behind", test_behind},
           {"refuses heads", test_refuses_heads}, {"refuses cells", test_refuses_cells},
           {"refuses states", test_refuses_states}, {"bounds", test_bounds},
           {"round trip", test_round_trip})
