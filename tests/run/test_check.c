/* Each kind of check, held, failed, vacuous and maybe; guards, windows, and the failure's text. */
#include "tests/harness/harness.h"
#include "tests/run/made_up.h"

#include <string.h>

static MadeUp *
make(const char *text)
{
    MadeUp *made_up = made_up_new(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(made_up);
    return made_up;
}

static void
set_tip(MadeUp *made_up, guint node, uint32_t block)
{
    made_up->nodes[node].tip = block;
    made_up->nodes[node].height = block;
}

static void
test_expect(void)
{
    MadeUp *w = make("at 1m expect height(all) == 7\n"
                     "at 1m expect height(all) == 8\n"
                     "at 2h expect height(all) == 7\n"
                     "at 2h expect height(all) == 7 maybe\n"
                     "at 1m expect height(all) == 7 if height(a1) > 7\n"
                     "at 1m expect height(all) == 7 unless height(a1) > 6 maybe\n");
    made_up_step(w, 60);
    TEST_STR_EQUAL(made_up_verdict(w, 0), "held");
    TEST_STR_EQUAL(made_up_verdict(w, 1), "failed");
    TEST_STR_EQUAL(made_up_detail(w, 1), "a1 has 7, expected 8");
    TEST_STR_EQUAL(made_up_verdict(w, 2), "open");
    made_up_finish(w, 3600);
    TEST_STR_EQUAL(made_up_verdict(w, 2), "vacuous");
    CU_ASSERT(sim_check_fails(sim_checks_get(w->checks, 2)));
    CU_ASSERT_FALSE(sim_check_fails(sim_checks_get(w->checks, 3)));
    TEST_STR_EQUAL(made_up_verdict(w, 4), "vacuous");
    TEST_STR_EQUAL(made_up_detail(w, 4), "its guard was not true when it started");
    CU_ASSERT(sim_check_fails(sim_checks_get(w->checks, 4)));
    CU_ASSERT_FALSE(sim_check_fails(sim_checks_get(w->checks, 5)));
    CU_ASSERT_FALSE(sim_checks_ok(w->checks));
    made_up_free(w);
}

static void
test_failure_text(void)
{
    MadeUp *w = make("at 20m mark w1 = best_tip(all)\n"
                     "at 20m expect within 30s tip(all) == w1\n"
                     "at 20m expect not in_mempool(all, pay)\n"
                     "at 2h expect height(a1) > 1\n");
    set_tip(w, 2, 0x7c);
    w->nodes[3].in_mempool = true;
    made_up_step(w, 1200);
    made_up_step(w, 1230);
    made_up_finish(w, 3600);
    GString *out = g_string_new(NULL);
    sim_check_format(out, sim_checks_get(w->checks, 0));
    TEST_STR_EQUAL(out->str,
                   "FAIL t.scn:8:8  expect within 30s tip(all) == w1\n"
                   "  at 20m30s (event 48213): a1 is on 0707070 height 7, expected 7c7c7c7 height "
                   "124\n");
    g_string_truncate(out, 0);
    sim_check_format(out, sim_checks_get(w->checks, 1));
    TEST_STR_EQUAL(out->str, "FAIL t.scn:9:8  expect not in_mempool(all, pay)\n"
                             "  at 20m (event 48213): b2: in_mempool(all, pay) is true\n");
    g_string_truncate(out, 0);
    sim_check_format(out, sim_checks_get(w->checks, 2));
    TEST_STR_EQUAL(out->str, "FAIL t.scn:10:7  expect height(a1) > 1\n"
                             "  vacuous: its moment never came\n");
    g_string_free(out, TRUE);
    made_up_free(w);
}

static void
test_within(void)
{
    MadeUp *w = make("at 1m expect within 1m height(all) == 8\n"
                     "at 1m expect within 1m height(all) == 9\n"
                     "at 1m expect within 0 height(all) == 7\n");
    CU_ASSERT_EQUAL(sim_checks_next_deadline(w->checks), INT64_MAX);
    made_up_step(w, 60);
    TEST_STR_EQUAL(made_up_verdict(w, 2), "held");
    CU_ASSERT_EQUAL(sim_checks_next_deadline(w->checks), 120 * SCN_SECOND_NS);
    for (guint i = 0; i < MADE_UP_NODES; i++)
        set_tip(w, i, 8);
    made_up_step(w, 90);
    TEST_STR_EQUAL(made_up_verdict(w, 0), "held");
    CU_ASSERT_EQUAL(sim_checks_get(w->checks, 0)->time_ns, 90 * SCN_SECOND_NS);
    TEST_STR_EQUAL(made_up_verdict(w, 1), "open");
    made_up_step(w, 120);
    TEST_STR_EQUAL(made_up_verdict(w, 1), "failed");
    CU_ASSERT_EQUAL(sim_checks_get(w->checks, 1)->time_ns, 120 * SCN_SECOND_NS);
    CU_ASSERT_EQUAL(sim_checks_next_deadline(w->checks), INT64_MAX);
    made_up_free(w);
}

/* True only after its deadline: too late, also when no one called at the deadline. */
static void
test_within_too_late(void)
{
    MadeUp *w = make("at 1m expect within 1m height(a1) == 8\n");
    made_up_step(w, 60);
    set_tip(w, 0, 8);
    made_up_step(w, 121);
    TEST_STR_EQUAL(made_up_verdict(w, 0), "failed");
    CU_ASSERT_EQUAL(sim_checks_get(w->checks, 0)->time_ns, 120 * SCN_SECOND_NS);
    made_up_free(w);
}

/* Each expect has so much longer, and no more. */
static void
test_tolerance(void)
{
    MadeUp *w = make("at 1m expect height(a1) == 8\n"
                     "at 1m expect height(a1) == 9\n"
                     "at 1m expect within 1m height(a1) == 9\n"
                     "at 1m expect within 1m height(a1) == 10\n"
                     "always height(a1) == 7 from 0s until 1m\n");

    sim_checks_set_tolerance(w->checks, 2 * SCN_SECOND_NS);
    made_up_step(w, 0);
    made_up_step(w, 60);
    CU_ASSERT_EQUAL(sim_checks_next_deadline(w->checks), 62 * SCN_SECOND_NS);
    set_tip(w, 0, 8);
    made_up_step(w, 61);
    TEST_STR_EQUAL(made_up_verdict(w, 0), "held");
    TEST_STR_EQUAL(made_up_verdict(w, 1), "open");
    made_up_step(w, 62);
    TEST_STR_EQUAL(made_up_verdict(w, 1), "failed");
    CU_ASSERT_EQUAL(sim_checks_next_deadline(w->checks), 122 * SCN_SECOND_NS);
    set_tip(w, 0, 9);
    made_up_step(w, 121);
    TEST_STR_EQUAL(made_up_verdict(w, 2), "held");
    made_up_step(w, 122);
    TEST_STR_EQUAL(made_up_verdict(w, 3), "failed");
    TEST_STR_EQUAL(made_up_verdict(w, 4), "held");
    made_up_free(w);
}

static void
test_always(void)
{
    MadeUp *w = make("always height(all) >= 7\n"
                     "always height(all) >= 7 from 5m until 10m\n"
                     "never height(all) == 8\n"
                     "never height(all) == 9\n"
                     "always height(all) >= 7 from 2h maybe\n"
                     "at 3m always height(a1) == 7\n");
    CU_ASSERT_EQUAL(sim_checks_next_deadline(w->checks), 0);
    made_up_step(w, 0);
    CU_ASSERT_EQUAL(sim_checks_next_deadline(w->checks), 300 * SCN_SECOND_NS);
    set_tip(w, 1, 5);
    made_up_step(w, 60);
    TEST_STR_EQUAL(made_up_verdict(w, 0), "failed");
    TEST_STR_EQUAL(made_up_detail(w, 0), "a2 has 5, expected >= 7");
    set_tip(w, 1, 7);
    made_up_step(w, 180);
    made_up_step(w, 300);
    set_tip(w, 1, 8);
    made_up_step(w, 301);
    TEST_STR_EQUAL(made_up_verdict(w, 2), "failed");
    TEST_STR_EQUAL(made_up_detail(w, 2), "a2 has 8, expected != 8");
    set_tip(w, 1, 5);
    made_up_step(w, 600);
    TEST_STR_EQUAL(made_up_verdict(w, 1), "held");
    CU_ASSERT_EQUAL(sim_checks_get(w->checks, 1)->time_ns, 600 * SCN_SECOND_NS);
    made_up_finish(w, 3600);
    TEST_STR_EQUAL(made_up_verdict(w, 3), "held");
    TEST_STR_EQUAL(made_up_verdict(w, 4), "vacuous");
    TEST_STR_EQUAL(made_up_verdict(w, 5), "held");
    made_up_free(w);
}

static void
test_sometimes_and_finally(void)
{
    MadeUp *w = make("sometimes height(a1) == 8\n"
                     "sometimes height(a1) == 9\n"
                     "finally height(all) == 7\n"
                     "finally same_tip(all) if height(a1) == 7\n"
                     "finally same_tip(all) if height(a1) == 8 maybe\n"
                     "at 1m finally height(a1) == 7 if height(a1) == 8\n"
                     "at 1m sometimes height(a1) == 7\n");
    made_up_step(w, 0);
    set_tip(w, 0, 8);
    made_up_step(w, 60);
    TEST_STR_EQUAL(made_up_verdict(w, 0), "held");
    set_tip(w, 0, 7);
    made_up_finish(w, 3600);
    TEST_STR_EQUAL(made_up_verdict(w, 1), "failed");
    TEST_STR_EQUAL(made_up_detail(w, 1), "a1 has 7, expected 9");
    TEST_STR_EQUAL(made_up_verdict(w, 2), "held");
    TEST_STR_EQUAL(made_up_verdict(w, 3), "held");
    TEST_STR_EQUAL(made_up_verdict(w, 4), "vacuous");
    TEST_STR_EQUAL(made_up_verdict(w, 5), "held");
    TEST_STR_EQUAL(made_up_verdict(w, 6), "held");
    made_up_free(w);
}

static void
test_down(void)
{
    MadeUp *w = make("at 1m expect height(b[*]) == 7\n"
                     "at 1m expect height(b2) == 7\n"
                     "always height(b[2..2]) == 7\n"
                     "finally not same_tip(b[2..2])\n");
    set_tip(w, 3, 3);
    w->nodes[3].up = false;
    made_up_step(w, 60);
    TEST_STR_EQUAL(made_up_verdict(w, 0), "held");
    TEST_STR_EQUAL(made_up_verdict(w, 1), "failed");
    TEST_STR_EQUAL(made_up_detail(w, 1), "b2 has 3, expected 7");
    made_up_finish(w, 3600);
    TEST_STR_EQUAL(made_up_verdict(w, 2), "vacuous");
    TEST_STR_EQUAL(made_up_detail(w, 2), "its set never had a node up, nor two sets a pair");
    TEST_STR_EQUAL(made_up_verdict(w, 3), "vacuous");
    made_up_free(w);
}

/* What never came about decides nothing, though `not` makes it true. */
static void
test_null(void)
{
    MadeUp *w = make("at 1m expect not time_to_agree(all) > 1s\n"
                     "at 1m expect within 1m not time_to_agree(all) > 1s\n"
                     "always not time_to_agree(all) > 1s\n"
                     "never time_to_agree(all) > 1s\n"
                     "finally not (height(a1) == 7 and time_to_agree(all) > 1s)\n"
                     "finally not (height(a1) == 8 and time_to_agree(all) > 1s)\n"
                     "finally height(a1) == 7 or time_to_agree(all) > 1s\n"
                     "at 1m expect height(a1) == 7 unless time_to_agree(all) > 1s\n"
                     "finally time_to_agree(all) > 1s maybe\n"
                     "finally not any(not time_to_agree(all) > 1s)\n");
    static const char *const verdicts[] = {"vacuous", "vacuous", "vacuous", "vacuous", "vacuous",
                                           "held",    "held",    "vacuous", "failed",  "held"};
    made_up_step(w, 0);
    made_up_step(w, 60);
    made_up_step(w, 120);
    made_up_finish(w, 3600);
    for (guint i = 0; i < G_N_ELEMENTS(verdicts); i++)
        TEST_STR_EQUAL(made_up_verdict(w, i), verdicts[i]);
    TEST_STR_EQUAL(made_up_detail(w, 0),
                   "what it asks about never came about (null), which decides nothing");
    made_up_free(w);
}

/* Lists of sets pair by place: a1 with b1, a2 with b2, whoever is down. */
static void
test_pairs(void)
{
    MadeUp *w = make("at 1m expect height(a[*]) == height(b[*])\n"
                     "at 1m expect height(a[*]) == 7 and height(b[*]) == 7\n"
                     "at 1m expect height(a[*]) == 8 or height(b[*]) == 7\n"
                     "at 2m expect height(a[*]) == height(b[*])\n"
                     "at 3m expect height(a[*]) == height(b[*])\n");
    set_tip(w, 1, 8);
    w->nodes[0].up = false;
    made_up_step(w, 60);
    TEST_STR_EQUAL(made_up_detail(w, 0), "a2 has 8, expected 7");
    TEST_STR_EQUAL(made_up_detail(w, 1), "a2 has 8, expected 7");
    TEST_STR_EQUAL(made_up_verdict(w, 2), "held");
    w->nodes[3].up = false;
    made_up_step(w, 120);
    TEST_STR_EQUAL(made_up_verdict(w, 3), "vacuous");
    w->nodes[0].up = true;
    made_up_step(w, 180);
    TEST_STR_EQUAL(made_up_verdict(w, 4), "held");
    made_up_free(w);
}

static void
test_marks(void)
{
    MadeUp *w = make("at 1m expect height(a1) == h0\n"
                     "at 2m mark h0 = max(height(all))\n"
                     "at 2m expect height(a1) == h0\n"
                     "at 2m expect height(a1) == 7 if h1 > 3\n"
                     "at 3m mark h1 = max(height(all))\n");
    made_up_step(w, 60);
    TEST_STR_EQUAL(made_up_verdict(w, 0), "failed");
    TEST_STR_EQUAL(made_up_detail(w, 0), "the mark 'h0' is not set yet");
    made_up_step(w, 120);
    TEST_STR_EQUAL(made_up_verdict(w, 1), "held");
    TEST_STR_EQUAL(made_up_verdict(w, 2), "failed");
    made_up_free(w);
}

static void
test_details(void)
{
    static const struct {
        const char *condition, *detail;
    } cases[] = {
        {"height(all) == 7 and height(all) > 9", "a1 has 7, expected > 9"},
        {"not (height(all) == 7)", "a1 has 7, expected != 7"},
        {"reorgs(all) == 0 or same_tip(b[*])", ""},
        {"not same_tip(b[*])", "same_tip(b[*]) is true: 0707070 height 7 at b1, b2"},
        {"max(height(all)) < 5", "got 7, expected < 5"},
        {"same_tip(all, ignore-last=0) and   not supply_ok(all)", "a1: supply_ok(all) is true"},
        {"time_to_agree(all) < 30s", "got null, expected < 30s"},
        {"confirmations(all, pay) >= 1", "a1 has 0, expected >= 1"},
        {"max(height(b[*])) == min(height(a1) + 1, 9)", "got 7, expected 8"},
        {"height(a1) == 9 or height(b1) == 9", "a1: height(a1) == 9 or height(b1) == 9 is false"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf("finally %s\n", cases[i].condition);
        MadeUp *w = make(text);
        made_up_finish(w, 3600);
        TEST_STR_EQUAL(made_up_detail(w, 0), cases[i].detail);
        made_up_free(w);
    }
}

/* The tips in order of their first node, a few names each. */
static void
test_explain_tips(void)
{
    MadeUp *w = make("finally same_tip(all)\nfinally same_tip({a1, b2}) and "
                     "height(a1) > 1\n");

    set_tip(w, 1, 9);
    set_tip(w, 3, 9);
    made_up_finish(w, 3600);
    TEST_STR_EQUAL(
        made_up_detail(w, 0),
        "same_tip(all) is false: 0707070 height 7 at a1, b1; 0909090 height 9 at a2, b2");
    TEST_STR_EQUAL(made_up_detail(w, 1),
                   "same_tip({a1, b2}) is false: 0707070 height 7 at a1; 0909090 height 9 at b2");
    made_up_free(w);
}

static void
test_stop(void)
{
    MadeUp *w = make("always height(all) == 7\nfinally same_tip(all)\nmeasure m = height(a1)\n");
    made_up_step(w, 0);
    sim_checks_stop(w->checks, 5 * SCN_SECOND_NS);
    TEST_STR_EQUAL(made_up_verdict(w, 0), "skipped");
    TEST_STR_EQUAL(made_up_verdict(w, 1), "skipped");
    TEST_STR_EQUAL(sim_checks_get_measure(w->checks, 0)->exact, "null");
    made_up_free(w);
}

static void
test_measures(void)
{
    MadeUp *w = make("at 1m partition a[*] | b[*] name=cut\n"
                     "measure heal = time_to_agree(all, since=cut.end)\n"
                     "measure deep = max_reorg(all)\n");
    w->agreed_ns = 95 * SCN_SECOND_NS;
    w->cut_end = 60 * SCN_SECOND_NS;
    made_up_finish(w, 3600);
    CU_ASSERT_EQUAL(sim_checks_measure_count(w->checks), 2);
    TEST_STR_EQUAL(sim_checks_get_measure(w->checks, 0)->exact, "35000000000");
    TEST_STR_EQUAL(sim_checks_get_measure(w->checks, 0)->text, "35s");
    TEST_STR_EQUAL(sim_checks_get_measure(w->checks, 1)->exact, "0");
    CU_ASSERT(sim_checks_ok(w->checks));
    made_up_free(w);
}

TEST_SUITE(check, {"expect", test_expect}, {"failure text", test_failure_text},
           {"within", test_within}, {"within too late", test_within_too_late},
           {"tolerance", test_tolerance}, {"always", test_always},
           {"sometimes and finally", test_sometimes_and_finally}, {"down", test_down},
           {"null", test_null}, {"pairs", test_pairs}, {"marks", test_marks},
           {"details", test_details}, {"tips", test_explain_tips}, {"stop", test_stop},
           {"measures", test_measures})
