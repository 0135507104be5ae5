/* Lines that are bound to a scenario after it was made. */
#include "sim/scenario/line.h"
#include "tests/harness/harness.h"
#include "tests/scenario/scenario.h"

#include <string.h>

static ScnScenario *
parse(const char *text)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    const ScnOptions options = {.keeps_names = true};
    g_autofree char *whole = g_strconcat(SCN_TEST_HEADER, text, NULL);
    ScnScenario *scenario = scn_parse_text("t.scn", whole, strlen(whole), &options, errors);

    scn_errors_print(errors, stderr, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    return scenario;
}

static char *
messages(const ScnErrors *errors)
{
    GString *out = g_string_new(NULL);

    scn_errors_format(errors, out, false);
    return g_string_free(out, FALSE);
}

/* The messages of an action; "" when it is good. */
static char *
act(ScnScenario *scenario, const char *text)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    ScnItem *item = scn_line_action(scenario, text, errors);

    if (item != NULL)
        scn_item_free(item);
    return messages(errors);
}

/* The same of a question. */
static char *
ask(ScnScenario *scenario, const char *text)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();

    scn_term_free(scn_line_value(scenario, text, errors));
    return messages(errors);
}

static void
check_good(char *errors)
{
    TEST_STR_EQUAL(errors, "");
    g_free(errors);
}

static void
check_refused(char *errors, const char *want)
{
    CU_ASSERT_PTR_NOT_NULL(strstr(errors, want));
    g_free(errors);
}

/* What a refused line would have declared is not there, and its name is free. */
static void
test_refused_lines_declare_nothing(void)
{
    g_autoptr(ScnScenario) s = parse("");

    check_refused(act(s, "mine 1 at nix as x"), "unknown node 'nix'");
    check_refused(ask(s, "wire_size(x)"), "unknown name 'x'");
    check_refused(act(s, "partition a1 | nix name=c"), "unknown node 'nix'");
    check_refused(ask(s, "c.start"), "unknown cut 'c'");
    CU_ASSERT_EQUAL(s->cuts->len, 0);
    CU_ASSERT_EQUAL(s->blocks->len, 0);
    check_good(act(s, "mine 1 at a1 as x"));
    check_good(act(s, "partition a1 | a2 name=c"));
    check_good(ask(s, "wire_size(x)"));
    check_good(ask(s, "c.start"));
    check_refused(act(s, "mine 1 at a1 as c"), "the name 'c' is taken");
    check_refused(act(s, "expect height(a1) == 0"), "that is no action");
}

/* The line that has declared it is gone when a shorter one takes its name. */
static void
test_a_name_of_an_earlier_line(void)
{
    g_autoptr(ScnScenario) s = parse("");
    g_autofree char *filled = g_strnfill(4000, ' ');
    g_autofree char *far = g_strconcat("mine 1 at a1", filled, "as x", NULL);
    g_autofree char *errors = NULL;

    check_good(act(s, far));
    errors = act(s, "mine 1 at a1 as x");
    CU_ASSERT_PTR_NOT_NULL(strstr(errors, "the name 'x' is taken"));
    CU_ASSERT_PTR_NULL(strstr(errors, "it stands at"));
    check_refused(act(s, "mine 1 at a1 as w"), "it stands at t.scn:4:8");
}

/* Values of a sweep are those of a let behind it, too. */
static void
test_swept_words(void)
{
    g_autoptr(ScnScenario) s =
        parse("param k = w\nsweep k = v, w\nlet other = $k\nwallet v funds=1\n");

    check_good(ask(s, "balance(a1, $k)"));
    check_good(ask(s, "balance(a1, $other)"));
}

/* The bound on the sets of a file is not that of a whole session. */
static void
test_many_large_sets(void)
{
    g_autoptr(ScnScenario) s = parse("nodes z[1..100000]\ntopology none\n");

    for (guint i = 0; i < 400; i++) {
        check_good(act(s, "crash z[*]"));
        check_good(ask(s, "height(z[*])"));
    }
}

TEST_SUITE(line, {"refused lines declare nothing", test_refused_lines_declare_nothing},
           {"a name of an earlier line", test_a_name_of_an_earlier_line},
           {"swept words", test_swept_words}, {"many large sets", test_many_large_sets})
