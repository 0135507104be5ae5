/* Expressions on a made-up world: lists, single nodes, nulls, reductions, works, errors. */
#include "tests/harness/harness.h"
#include "tests/run/made_up.h"

#include <string.h>

/* The measure `m = text`, evaluated; the human text, or the exact one. */
static char *
value_of(MadeUp *(*prepare)(const char *text), const char *text, bool exact)
{
    g_autofree char *line = g_strdup_printf("measure m = %s\nat 1m partition a[*] | b[*] name=x\n"
                                            "at 2m mark late = 1\n",
                                            text);
    MadeUp *made_up = prepare(line);
    CU_ASSERT_PTR_NOT_NULL_FATAL(made_up);
    made_up_finish(made_up, 3600);
    const SimMeasureResult *result = sim_checks_get_measure(made_up->checks, 0);
    char *out = g_strdup(exact ? result->exact : result->text);
    made_up_free(made_up);
    return out;
}

/* a1 7, a2 5, b1 9, b2 3 and down. */
static MadeUp *
uneven(const char *text)
{
    static const uint32_t heights[] = {7, 5, 9, 3};
    MadeUp *made_up = made_up_new(text);
    for (guint i = 0; made_up && i < MADE_UP_NODES; i++) {
        MadeUpNode *node = &made_up->nodes[i];
        node->tip = heights[i];
        node->height = heights[i];
        node->work = (ScnWork){{0, heights[i], 0, i == 2}};
        node->up = i != 3;
        node->reorgs = i + 1;
        node->max_reorg = i;
        node->balance = 950000000;
        node->arrived = i == 1 ? SCN_TIME_NULL : 1500000000;
        node->status = SCN_STATUS_INVALID_ANCESTOR;
    }
    return made_up;
}

static void
check(const char *text, const char *want)
{
    g_autofree char *got = value_of(uneven, text, false);
    TEST_STR_EQUAL(got, want);
}

static void
check_exact(const char *text, const char *want)
{
    g_autofree char *got = value_of(uneven, text, true);
    TEST_STR_EQUAL(got, want);
}

static void
test_each(void)
{
    check("height(all)", "[7, 5, 9]");
    check("height(a[*])", "[7, 5]");
    check("height(b[*])", "[9]");
    check("height(b2)", "3");
    check("height({a1, b2})", "[7, 3]");
    check("tip(a1)", "0707070 height 7");
    check("height(all) > 5", "[true, false, true]");
    check("height(all) - height(a1) * 2", "[-7, -9, -5]");
    check("height(a1) ^ 2", "49");
    check("height(all) % 4", "[3, 1, 1]");
    check("-height(all) % 4", "[-3, -1, -1]");
    check("height(all) % -4", "[3, 1, 1]");
    check("2 + height(a1) % 4 * 3", "11");
    check("arrived(a1, tip(a1)) % 1s", "500ms");
    check("arrived(a2, tip(a1)) % 1s", "null");
    check("-height(all)", "[-7, -5, -9]");
    check("not (height(all) > 5)", "[false, true, false]");
    check("height(all) > 5 and height(all) < 9", "[true, false, false]");
    check("balance(a1, w)", "9.5");
    check("status(a1, tip(a1))", "invalid-ancestor");
    check("status(a1, tip(a1)) == invalid-ancestor", "true");
    check("state_root(a1)", "0707070");
    check("state_root(a1) == state_root(a2)", "false");
    check("supply_ok(a[*])", "[true, true]");
}

static void
test_whole(void)
{
    check("best_tip(all)", "0909090 height 9");
    check("same_tip(all)", "false");
    check("same_tip(all, ignore-last=4)", "true");
    check("reorgs(all)", "6");
    check("reorgs(a[*])", "3");
    check("max_reorg(all)", "2");
    check("max_reorg(b2)", "3");
    check("time_to_agree(all)", "null");
}

static void
test_reduce(void)
{
    check("max(height(all))", "9");
    check("min(height(all), 4)", "4");
    check("max(height(a[*]), height(b2), 1)", "7");
    check("sum(height(all))", "21");
    check("count(height(all) > 5)", "2");
    check("any(height(all) > 8)", "true");
    check("any(height(all) > 9)", "false");
    check("max(1m, 30s)", "1m");
    check("max(0, -5s)", "0s");
    check("max(0, arrived(a1, tip(a1)) - 9s)", "0s");
    check("sum(max_reorg(a1))", "0");
    check("min(max(height(a[*])), max(height(b[*]))) - 2", "5");
    check("max(height(b[2..2]))", "max of an empty list");
    check("count(height(b[2..2]) > 1)", "count of an empty list");
    check("quantile(height(all), p33)", "5");
    check("quantile(height(all), p34)", "7");
    check("quantile(height(all), p66)", "7");
    check("quantile(height(all), p67)", "9");
    check("quantile(height(all), p1) + quantile(height(a1), p100)", "12");
    check("quantile(arrived(all, tip(a1)), p66)", "1.5s");
    check("quantile(arrived(all, tip(a1)), p67)", "null");
    check("quantile(height(b[2..2]), p50)", "quantile of an empty list");
    check("height(b[2..2])", "[]");
    check("reorgs(b[2..2])", "[]");
}

static void
test_null(void)
{
    check("arrived(all, tip(a1))", "[1.5s, null, 1.5s]");
    check("arrived(a2, tip(a1)) < 5s", "false");
    check("arrived(a2, tip(a1)) != 5s", "false");
    check("not (arrived(a2, tip(a1)) < 5s)", "null");
    check("arrived(a2, tip(a1)) + 5s", "null");
    check("max(arrived(all, tip(a1)))", "null");
    check("sum(arrived(all, tip(a1)))", "null");
    check("x.start", "null");
    check("time_to_agree(all, since=x.end)", "null");
}

static void
test_work(void)
{
    check("work(b1) > work(a1)", "true");
    check("max(work(all)) == work(b1)", "true");
    check("min(work(all)) == work(a2)", "true");
    check("quantile(work(all), p100) == work(b1)", "true");
    check("work(a1)", "0x70000000000000000");
    check("work(b1)", "0x1000000000000000000000000000000090000000000000000");
    check("work(a1) > 100", "true");
    check("work(a1) == 100", "false");
    check("100 != work(a1)", "true");
    check("100 < work(a1)", "true");
    check("max(0, work(a1)) == work(a1)", "true");
    check("work(a1) > -1", "true");
}

static void
test_errors(void)
{
    check("late + 1", "the mark 'late' is not set yet");
    check("height(a[*]) + height(all)", "a list of 2 does not go with a list of 4");
    check("height(a1) / (height(a1) - 7)", "a division by 0");
    check("height(a1) % (height(a1) - 7)", "a division by 0");
}

static void
test_exact(void)
{
    check_exact("arrived(a1, tip(a1))", "1500000000");
    check_exact("arrived(a2, tip(a1))", "null");
    check_exact("tip(a1)", "0707070707070707070707070707070707070707070707070707070707070707");
    check_exact("height(a1) / 2", "3.5");
    check_exact("late", "null");
    check_exact("height(all)", "[7, 5, 9]");
}

TEST_SUITE(eval, {"each", test_each}, {"whole", test_whole}, {"reduce", test_reduce},
           {"null", test_null}, {"work", test_work}, {"errors", test_errors}, {"exact", test_exact})
