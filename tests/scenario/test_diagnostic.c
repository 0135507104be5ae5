/* Messages, word for word: place, line, caret, help; one per wrong token, no follow-ups. */
#include "tests/harness/harness.h"
#include "tests/scenario/scenario.h"

#include <string.h>

static void
check(const char *text, const char *want)
{
    g_autofree char *got = scn_test_errors(text);
    TEST_STR_EQUAL(got, want);
}

static void
test_missing_unit(void)
{
    static const char text[] = "scn 1 \"Split\"\nnodes a[1..2]\nduration 1h\n\n\n"
                               "link all latency=80 loss=0.1%\n";
    g_autoptr(ScnErrors) errors = scn_errors_new();
    GString *out = g_string_new(NULL);
    CU_ASSERT_PTR_NULL(scn_parse_text("split.scn", text, strlen(text), NULL, errors));
    scn_errors_format(errors, out, false);
    TEST_STR_EQUAL(out->str, "split.scn:6:18: error: 'latency' needs a time with a unit\n"
                             "  link all latency=80 loss=0.1%\n"
                             "                   ^^\n"
                             "  help: write 80ms\n");
    g_string_truncate(out, 0);
    scn_errors_format(errors, out, true);
    CU_ASSERT_PTR_NOT_NULL(strstr(out->str, "\033[1;31merror:\033[0m"));
    g_string_free(out, TRUE);
}

static void
test_words(void)
{
    check("walet carol\n", "t.scn:7:1: error: unknown statement 'walet'\n"
                           "  walet carol\n"
                           "  ^^^^^\n"
                           "  help: write wallet\n");
    check("chain algorithm=fixd\n", "t.scn:7:17: error: unknown algorithm 'fixd'\n"
                                    "  chain algorithm=fixd\n"
                                    "                  ^^^^\n"
                                    "  help: write fixed\n");
    check("link all latncy=5ms\n", "t.scn:7:10: error: unknown option 'latncy'\n"
                                   "  link all latncy=5ms\n"
                                   "           ^^^^^^\n"
                                   "  help: write latency\n");
    check("always hieght(all) >= 3\n", "t.scn:7:8: error: unknown function 'hieght'\n"
                                       "  always hieght(all) >= 3\n"
                                       "         ^^^^^^\n"
                                       "  help: write height\n");
    check("always height(b6) >= 3\n", "t.scn:7:15: error: unknown node 'b6'\n"
                                      "  always height(b6) >= 3\n"
                                      "                ^^\n"
                                      "  help: write b1\n");
    check("chain spacing=10sec\n", "t.scn:7:15: error: unknown unit 'sec'\n"
                                   "  chain spacing=10sec\n"
                                   "                ^^^^^\n"
                                   "  help: write 10s\n");
}

static void
test_dimensions(void)
{
    check("let x = (10m + 5)\n", "t.scn:7:16: error: a bare number where a time is due\n"
                                 "  let x = (10m + 5)\n"
                                 "                 ^\n"
                                 "  help: write 5s\n");
    check("let x = (10m * 5m)\n", "t.scn:7:9: error: a time cannot be multiplied by a time\n"
                                  "  let x = (10m * 5m)\n"
                                  "          ^^^^^^^^^^\n"
                                  "  help: one of the two must be a plain number\n");
    check("let x = (10m % 4)\n", "t.scn:7:16: error: a bare number where a time is due\n"
                                 "  let x = (10m % 4)\n"
                                 "                 ^\n"
                                 "  help: write 4s\n");
    check("finally height(all) % 1s == 0\n",
          "t.scn:7:9: error: a number and a time do not go together\n"
          "  finally height(all) % 1s == 0\n"
          "          ^^^^^^^^^^^^^^^^\n");
    check("finally time_to_agree(all) < 30\n",
          "t.scn:7:30: error: a bare number where a time is due\n"
          "  finally time_to_agree(all) < 30\n"
          "                               ^^\n"
          "  help: write 30s\n");
    check("chain spacing=5MB\n", "t.scn:7:15: error: 'spacing' needs a time, not a size\n"
                                 "  chain spacing=5MB\n"
                                 "                ^^^\n");
    check("always tip(all) > 3\n", "t.scn:7:8: error: a block has no order\n"
                                   "  always tip(all) > 3\n"
                                   "         ^^^^^^^^\n"
                                   "  help: write == or !=\n");
}

/* Directly after a number, % is the unit of a percentage; the operator has a blank before it. */
static void
test_remainder(void)
{
    check("let x = (7 % 0)\n", "t.scn:7:14: error: a division by 0\n"
                               "  let x = (7 % 0)\n"
                               "               ^\n");
    check("let x = (7s % 0)\n", "t.scn:7:15: error: a division by 0\n"
                                "  let x = (7s % 0)\n"
                                "                ^\n");
    check("finally height(a1)% 2 == 0\n",
          "t.scn:7:19: error: the % of a remainder has a blank before it\n"
          "  finally height(a1)% 2 == 0\n"
          "                    ^\n"
          "  help: write a % b\n");
    check("finally 35% 2 == 0\n", "t.scn:7:13: error: this is not expected here\n"
                                  "  finally 35% 2 == 0\n"
                                  "              ^\n"
                                  "  help: the statement is complete before it\n");
    check("link all loss=5 %\n", "t.scn:7:17: error: this is not expected here\n"
                                 "  link all loss=5 %\n"
                                 "                  ^\n"
                                 "  help: a percentage has no blank before its %\n");
    check("at 5m loss a1 -> b1 5 %\n", "t.scn:7:23: error: this is not expected here\n"
                                       "  at 5m loss a1 -> b1 5 %\n"
                                       "                        ^\n"
                                       "  help: a percentage has no blank before its %\n");
}

static void
test_now(void)
{
    check("finally now(all) > 1s\n", "t.scn:7:13: error: 'now' takes 0 values\n"
                                     "  finally now(all) > 1s\n"
                                     "              ^^^\n");
    check("let x = now()\n", "t.scn:7:9: error: 'now' is known in the run alone\n"
                             "  let x = now()\n"
                             "          ^^^^^\n"
                             "  help: only min, max and their like can be worked out before it\n");
}

static void
test_many_in_one_pass(void)
{
    check("chain spacing=10sec algorithm=fixd\nat 5m heal zz\n",
          "t.scn:7:15: error: unknown unit 'sec'\n"
          "  chain spacing=10sec algorithm=fixd\n"
          "                ^^^^^\n"
          "  help: write 10s\n"
          "t.scn:7:31: error: unknown algorithm 'fixd'\n"
          "  chain spacing=10sec algorithm=fixd\n"
          "                                ^^^^\n"
          "  help: write fixed\n"
          "t.scn:8:12: error: unknown cut 'zz'\n"
          "  at 5m heal zz\n"
          "             ^^\n");
}

static guint
count(const char *text)
{
    g_autofree char *errors = scn_test_errors(text);
    guint n = 0;
    for (const char *p = errors; (p = strstr(p, ": error: ")); p++)
        n++;
    return n;
}

static void
test_no_follow_ups(void)
{
    CU_ASSERT_EQUAL(count("walet carol funds=1\ntx t from=carol to=carol amount=1\n"), 1);
    CU_ASSERT_EQUAL(count("nodes c[1..$x]\nalways height(c2) > 1\nlink c[*] loss=0\n"), 1);
    CU_ASSERT_EQUAL(count("param p = 5 in 1..\nlet q = ($p + $p)\n"), 1);
    CU_ASSERT_EQUAL(count("let q = 5sec\nduration $q\nat $q mine at a1\n"), 1);
    CU_ASSERT_EQUAL(count("att 5m\n  mine 1 at a1\n  expect height(a1) > 0\nend\n"), 1);
    CU_ASSERT_EQUAL(count("at 5m\n  mark q = hieght(a1)\n  expect q > 3\nend\n"), 1);
    CU_ASSERT_EQUAL(count("at 5m\n  mine 1 at a1\nedn\nalways height(a1) > 0\n"), 1);
    CU_ASSERT_EQUAL(count("at 5m\n  mine 1 at a1\nalways height(a1) > 0\nduration 1h\n"), 1);
    CU_ASSERT_EQUAL(count("every 5sec\n  mark z = height(a1)\nend\nalways z > 3\n"), 1);
    CU_ASSERT_EQUAL(count("link all latency=80 loss=2x\n"), 2);
}

/* What can only be of a block says nothing below a line that may have opened one. */
static void
test_below_a_bad_block(void)
{
    CU_ASSERT_EQUAL(count("tree foo\nend\n"), 1);
    CU_ASSERT_EQUAL(count("nods c\n  mark m = 1\nend\n"), 1);
    CU_ASSERT_EQUAL(count("nods c\nfinally hieght(a1) > 2\n"), 2);
    CU_ASSERT_EQUAL(count("edge a1\nend\n"), 2);
}

static void
test_twenty(void)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < 30; i++)
        g_string_append(text, "bogus\n");
    CU_ASSERT_EQUAL(count(text->str), 20);
    /* Found last, but standing first. */
    g_string_prepend(text, "chain spacing=5\nalways height(a9) > 1\n");
    g_string_append(text, "node a9\n");
    g_autofree char *errors = scn_test_errors(text->str);
    CU_ASSERT(g_str_has_prefix(errors, "t.scn:7:15: error: 'spacing' needs a time"));
    CU_ASSERT_PTR_NOT_NULL(strstr(errors, "t.scn:27:1: error"));
    CU_ASSERT_PTR_NULL(strstr(errors, "t.scn:28:1: error"));
    CU_ASSERT_PTR_NULL(strstr(errors, "a9")); /* declared below them all */
    CU_ASSERT_PTR_NOT_NULL(strstr(errors, "more errors follow"));
    g_string_free(text, TRUE);
}

/* Past a thousand the rest is not read, and nothing is said of what it may declare. */
static void
test_hopeless(void)
{
    GString *text = g_string_new("always height(a9) > 1\n");
    for (guint i = 0; i < 2000; i++)
        g_string_append(text, "bogus\n");
    g_string_append(text, "node a9\n");
    g_autofree char *errors = scn_test_errors(text->str);
    CU_ASSERT(g_str_has_prefix(errors, "t.scn:8:1: error: unknown statement 'bogus'"));
    CU_ASSERT_EQUAL(count(text->str), 20);
    g_string_free(text, TRUE);
}

static void
test_clash(void)
{
    check("wallet a1\n", "t.scn:7:8: error: the name 'a1' is taken\n"
                         "  wallet a1\n"
                         "         ^^\n"
                         "  help: it stands at t.scn:2:7; choose another name\n");
    CU_ASSERT_EQUAL(count("wallet w\n"), 1);
    CU_ASSERT_EQUAL(count("at 1m churn a1 session=1h\n"), 1);
    CU_ASSERT_EQUAL(count("at 1m loss a1 -> a2 10% as blk\n"), 1);
    CU_ASSERT_EQUAL(count("at 1m heal for 0s\n"), 1);
    CU_ASSERT_EQUAL(count("at 5m mark pay = 1\n"), 1);
    CU_ASSERT_EQUAL(count("at 5m partition a[*] | b[*] name=b2\n"), 1);
    CU_ASSERT_EQUAL(count("node a[3]\n"), 1);
    CU_ASSERT_EQUAL(count("let x = 1\nlet x = 2\n"), 1);
    CU_ASSERT_EQUAL(count("measure m = 1\nmeasure m = 2\n"), 1);
}

static void
test_columns_are_characters(void)
{
    check("param x = 5 \"é\" 7\n", "t.scn:7:17: error: this is not expected here\n"
                                   "  param x = 5 \"é\" 7\n"
                                   "                  ^\n"
                                   "  help: the statement is complete before it\n");
    check("\tlet x = 5 7\n", "t.scn:7:12: error: this is not expected here\n"
                             "  \tlet x = 5 7\n"
                             "  \t          ^\n"
                             "  help: the statement is complete before it\n");
}

static void
test_hostile(void)
{
    g_autofree char *deep = g_strnfill(100000, '(');
    g_autofree char *deep_text = g_strconcat("let x = ", deep, "\n", NULL);
    CU_ASSERT_EQUAL(count(deep_text), 1);
    GString *index = g_string_new("always height(");
    for (guint i = 0; i < 20000; i++)
        g_string_append(index, "a[");
    CU_ASSERT_EQUAL(count(index->str), 1);
    g_string_assign(index, "let x = (1");
    for (guint i = 0; i < 20000; i++)
        g_string_append(index, " + 1");
    g_string_append(index, ")\n");
    CU_ASSERT_EQUAL(count(index->str), 1);
    g_string_assign(index, "always not");
    for (guint i = 0; i < 20000; i++)
        g_string_append(index, " not");
    CU_ASSERT_EQUAL(count(index->str), 1);
    g_string_assign(index, "");
    for (guint i = 0; i < 5000; i++)
        g_string_append_printf(index, "let l%u = $l%u\n", i, i + 1);
    g_string_append(index, "let l5000 = 1\n");
    CU_ASSERT(count(index->str) >= 1);
    g_string_free(index, TRUE);
    CU_ASSERT_EQUAL(count("nodes c[1..999999999]\n"), 1);
    CU_ASSERT_EQUAL(count("always height(a[1..999999999]) > 1\n"), 1);
    CU_ASSERT_EQUAL(count("let x = $x\n"), 1);
    CU_ASSERT_EQUAL(count("let x = (2 ^ 2 ^ 2)\n"), 1);
}

/* What is quoted in a message steers no terminal, and no text that is shown could. */
static void
test_control_characters(void)
{
    static const struct {
        const char *name, *text, *override, *message;
    } cases[] = {
        {"t.scn", "scn 1 \"\033[31mred\"\n", NULL,
         "t.scn:1:8: error: a character that does not show (U+001B)\n"
         "  scn 1 \"\\x1b[31mred\"\n         ^^^^\n"},
        {"t.scn", "scn 1 \"t\xe2\x80\xae\"\n", NULL,
         "t.scn:1:9: error: a character that does not show (U+202E)"},
        {"t.scn", "scn 1 \"t\"\n# \xc2\x9b\n", NULL,
         "t.scn:2:3: error: a character that does not show (U+009B)"},
        {"t.scn", "scn 1 \"t\\nheld\"\n", NULL, "t.scn:1:7: error: this text is one line"},
        {"t.scn", "scn 1 \"t\"\nparam p = 1 \"a\\tb\"\n", NULL,
         "t.scn:2:13: error: this text is one line"},
        {"\033[31m.scn", "scn 1 \"t\"\nfrob\n", NULL, "\\x1b[31m.scn:2:1: error: "},
        {"t.scn", "scn 1 \"t\"\nparam p = 1\nnodes a\nduration 1m\n", "\033[31mx=3",
         "-P \\x1b[31mx=3: error: a character that does not show (U+001B)"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const overrides[] = {cases[i].override, NULL};
        const ScnOptions options = {.overrides = overrides};
        g_autoptr(ScnErrors) errors = scn_errors_new();
        GString *out = g_string_new(NULL);

        CU_ASSERT_PTR_NULL(
            scn_parse_text(cases[i].name, cases[i].text, strlen(cases[i].text), &options, errors));
        scn_errors_format(errors, out, false);
        TEST_STR_EQUAL(strstr(out->str, cases[i].message) ? "" : out->str, "");
        CU_ASSERT_PTR_NULL(strchr(out->str, '\033'));
        CU_ASSERT_PTR_NULL(strstr(out->str, "\xc2\x9b"));
        g_string_free(out, TRUE);
    }
}

TEST_SUITE(diagnostic, {"missing unit", test_missing_unit}, {"words", test_words},
           {"dimensions", test_dimensions}, {"remainder", test_remainder}, {"now", test_now},
           {"many in one pass", test_many_in_one_pass}, {"no follow-ups", test_no_follow_ups},
           {"below a bad block", test_below_a_bad_block}, {"twenty", test_twenty},
           {"hopeless", test_hopeless}, {"clash", test_clash},
           {"columns are characters", test_columns_are_characters}, {"hostile", test_hostile},
           {"control characters", test_control_characters})
