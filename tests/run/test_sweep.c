/* Sweeps without processes: the plan, statistics, results files, checks over seeds. */
#include "sim/run/results_judge.h"
#include "sim/run/results_table.h"
#include "tests/harness/harness.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define HEAD "scn 1 \"t\"\nnodes a[1..2]\nchain pow=off\nduration 1m\n"

/* --- statistics --------------------------------------------------------------------------- */

static bool
close_to(double got, double want)
{
    return fabs(got - want) <= 1e-9 * MAX(1, fabs(want));
}

static void
test_statistic(void)
{
    static const SimSeedValue values[] = {{4, 1}, {1, 2}, {3, 3}, {2, 4}};
    g_auto(SimStatistic) s = {0};

    sim_statistic_init(&s, values, 4);
    CU_ASSERT_TRUE(close_to(s.mean, 2.5));
    CU_ASSERT_TRUE(close_to(s.sd, 1.2909944487358056));
    CU_ASSERT_TRUE(close_to(s.se, 0.6454972243679028));
    /* Student's t with 3 degrees of freedom: 3.182446305284263 at 97.5 %, 5.840909309 at 99.5 %. */
    CU_ASSERT_TRUE(close_to(sim_statistic_half_width(&s, 0.95), 3.182446305284263 * s.se));
    CU_ASSERT_TRUE(fabs(sim_statistic_half_width(&s, 0.99) - 5.840909309733 * s.se) < 1e-6);
    CU_ASSERT_TRUE(
        close_to(sim_statistic_get(&s, (ScnStat){SCN_STAT_CI, 0}), 3.182446305284263 * s.se));
    CU_ASSERT_EQUAL(sim_statistic_get(&s, (ScnStat){SCN_STAT_QUANTILE, 50}), 2);
    CU_ASSERT_EQUAL(sim_statistic_get(&s, (ScnStat){SCN_STAT_QUANTILE, 51}), 3);
    CU_ASSERT_EQUAL(sim_statistic_get(&s, (ScnStat){SCN_STAT_QUANTILE, 5}), 1);
    CU_ASSERT_EQUAL(sim_statistic_get(&s, (ScnStat){SCN_STAT_QUANTILE, 100}), 4);
    CU_ASSERT_EQUAL(sim_statistic_get(&s, (ScnStat){SCN_STAT_MAX, 0}), 4);
}

static void
test_statistic_of_nulls(void)
{
    const SimSeedValue values[] = {{1, 1}, {NAN, 2}, {3, 3}};
    g_auto(SimStatistic) s = {0};
    g_auto(SimStatistic) none = {0};

    sim_statistic_init(&s, values, 3);
    CU_ASSERT_EQUAL(s.n, 3);
    CU_ASSERT_EQUAL(s.nulls, 1);
    CU_ASSERT_EQUAL(s.mean, 2);
    CU_ASSERT_EQUAL(sim_statistic_get(&s, (ScnStat){SCN_STAT_QUANTILE, 50}), 3);
    CU_ASSERT_TRUE(isinf(sim_statistic_get(&s, (ScnStat){SCN_STAT_QUANTILE, 95})));
    CU_ASSERT_EQUAL(sim_statistic_get(&s, (ScnStat){SCN_STAT_MAX, 0}), 3);
    sim_statistic_init(&none, values, 0);
    CU_ASSERT_TRUE(isnan(none.mean));
    CU_ASSERT_TRUE(isnan(sim_statistic_half_width(&none, 0.95)));
    CU_ASSERT_TRUE(isnan(sim_statistic_get(&none, (ScnStat){SCN_STAT_QUANTILE, 50})));
}

/* Three points that share two seeds: the interval is that of the means by seed, 2 and 4. */
static void
test_statistic_of_seeds(void)
{
    static const SimSeedValue values[] = {{1, 7}, {4, 9}, {2, 7}, {4, 9}, {3, 7}, {4, 9}};
    g_auto(SimStatistic) s = {0};

    sim_statistic_init(&s, values, 6);
    CU_ASSERT_EQUAL(s.n, 6);
    CU_ASSERT_EQUAL(s.seeds, 2);
    CU_ASSERT_EQUAL(s.mean, 3);
    CU_ASSERT_TRUE(close_to(s.se, 1));
    CU_ASSERT_TRUE(fabs(sim_statistic_half_width(&s, 0.95) - 12.706204736) < 1e-6);
}

/* --- plan --------------------------------------------------------------------------------- */

static SimSweep *
sweep_of(const char *text)
{
    const SimSweepOptions options = {.shard = 1, .shards = 1};
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func((GDestroyNotify)scn_source_free);
    g_autoptr(ScnErrors) errors = scn_errors_new();
    SimSweep *sweep;

    g_ptr_array_add(texts, scn_source_new("t.scn", text, strlen(text)));
    sweep = sim_sweep_new_kept(texts, &options, errors, NULL);
    if (errors->items->len > 0)
        TEST_STR_EQUAL(((ScnError *)errors->items->pdata[0])->message, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(sweep);
    return sweep;
}

static void
check_cell(const SimSweep *sweep, guint64 cell, const char *want)
{
    g_autofree char *got = sim_sweep_cell_text(sweep, cell);

    TEST_STR_EQUAL(got, want);
}

static void
test_plan(void)
{
    g_autoptr(SimSweep) sweep =
        sweep_of(HEAD "param p = 1\nparam q = 1\nparam r = 1\nsweep p = 1, 2\nsweep q = 3, 4, 5\n"
                      "sweep r = 6, 7\nzip p, r\nseeds 10..11\n");

    CU_ASSERT_EQUAL(sim_sweep_points(sweep), 6);
    CU_ASSERT_EQUAL(sim_sweep_cells(sweep), 12);
    check_cell(sweep, 0, "-P p=1 -P r=6 -P q=3 --seed 10");
    check_cell(sweep, 1, "-P p=1 -P r=6 -P q=3 --seed 11");
    check_cell(sweep, 2, "-P p=1 -P r=6 -P q=4 --seed 10");
    check_cell(sweep, 6, "-P p=2 -P r=7 -P q=3 --seed 10");
    check_cell(sweep, 11, "-P p=2 -P r=7 -P q=5 --seed 11");
}

/* --- checks ------------------------------------------------------------------------------- */

/* Every cell of a text, in a file of its own. */
static SimResults *
results_of(const SimSweep *sweep, const char *path)
{
    g_autoptr(GError) error = NULL;
    SimResults *results = sim_results_open(path, sweep, SIM_RESULTS_FRESH, &error);

    TEST_STR_EQUAL(error != NULL ? error->message : "", "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(results);
    for (guint64 i = 0; i < sim_sweep_cells(sweep); i++) {
        g_autoptr(GBytes) bytes = sim_sweep_run(sweep, i);
        g_auto(SimSweepRow) row = {.cell = 0};

        CU_ASSERT_TRUE_FATAL(sim_sweep_unpack(sweep, bytes, &row));
        row.cell = i;
        TEST_STR_EQUAL(row.status, "held");
        CU_ASSERT_TRUE(sim_results_put(results, &row, NULL));
    }
    CU_ASSERT_TRUE(sim_results_finish(results, NULL));
    return results;
}

/* "1 held", "0 failed 2 of 3: …", … a line a check */
static char *
judge_text(const char *text)
{
    g_autofree char *folder = g_dir_make_tmp("kettensim-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "r.db", NULL);
    g_autoptr(SimSweep) sweep = sweep_of(text);
    g_autoptr(SimResults) results = results_of(sweep, path);
    g_autoptr(GArray) judged = sim_results_judge(results);
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < judged->len; i++) {
        const SimOverResult *result = &g_array_index(judged, SimOverResult, i);

        g_string_append_printf(out, "%s %u/%u\n%s", sim_check_verdict_name(result->verdict),
                               (guint)result->bad, (guint)result->places, result->detail);
    }
    g_unlink(path);
    g_rmdir(folder);
    return g_string_free(out, FALSE);
}

static void
check_judged(const char *text, const char *want)
{
    g_autofree char *whole = g_strconcat(
        HEAD "param p = 1\nsweep p = 1, 2, 3\nseeds 1..4\n"
             "measure m = height(a1) + $p\nmeasure t = time_to_agree(all, since=$p * 1s)\n"
             "measure late = arrived(a1, x)\ntree\n  g - x\nend\n",
        text, NULL);
    g_autofree char *got = judge_text(whole);

    TEST_STR_EQUAL(got, want);
}

/* The height of a1, 0, or that of a2, 1. */
#define DRAWN                                                                                      \
    "at 1s partition a1 | a2\nat 2s mine 1 at a2\nmeasure drawn = max(height(random(1)))\n"

static void
test_over_checks(void)
{
    check_judged("finally mean(m) <= 3 over seeds\n", "held 0/3\n");
    check_judged("finally mean(m) <= 2 over seeds\n",
                 "failed 1/3\n  at -P p=3: mean is 3 of 4 runs\n");
    check_judged("finally mean(m) == 2 over sweep\n", "held 0/1\n");
    check_judged("finally max(m) - min(m) == 2 and n(m) == 12 over sweep\n", "held 0/1\n");
    check_judged("finally near(m, 2) over seeds\n",
                 "failed 2/3\n  at -P p=1: mean 1 ± 0 of 4 runs\n"
                 "  at -P p=3: mean 3 ± 0 of 4 runs\n");
    check_judged("finally near(m, 2, ci=95%) over sweep\n", "held 0/1\n");
    check_judged("finally near(m, 3, ci=95%) over sweep\n",
                 "failed 1/1\n  mean 2 ± 0 of 12 runs\n");
    check_judged(DRAWN "finally near(drawn, 2) over sweep\n", "held 0/1\n");
    check_judged(DRAWN "finally near(drawn, 2, ci=50%) over seeds\n",
                 "failed 3/3\n  at -P p=1: mean 0.5 ± 0.220805 of 4 runs\n"
                 "  at -P p=2: mean 0.5 ± 0.220805 of 4 runs\n"
                 "  at -P p=3: mean 0.5 ± 0.220805 of 4 runs\n");
    check_judged("finally share(height(a1) + $p > 1) == 1 over seeds\n",
                 "failed 1/3\n  at -P p=1: share is 0 of 4 runs\n");
    check_judged("finally not share(height(all) > 0) > 0 over seeds\n", "held 0/3\n");
    check_judged("let q = (2 * $p)\nfinally near(m, $q / 2) and mean(m) == $p over seeds\n",
                 "held 0/3\n");
    check_judged("finally -mean(m) >= -$p over seeds\n", "held 0/3\n");
    check_judged("finally max(mean(m), 2) == 3 and min(mean(m), 9) >= 1 over seeds\n",
                 "failed 2/3\n  at -P p=1: mean is 1 of 4 runs\n"
                 "  at -P p=2: mean is 2 of 4 runs\n");
    check_judged(
        "finally mean(m) ^ 2 == 4 and mean(m) / 4 == 0.5 and 3 - mean(m) == 1 over sweep\n",
        "held 0/1\n");
    check_judged("finally 2 ^ -mean(m) == 0.25 and 2 * mean(m) != 3 over sweep\n", "held 0/1\n");
    check_judged("finally mean(m) ^ 0.5 < 9 over sweep\n",
                 "failed 1/1\n  mean is 2 of 12 runs; an exponent is a whole number in -64..64\n");
    check_judged("finally 1 / (mean(m) - 2) < 9 over sweep\n",
                 "failed 1/1\n  mean is 2 of 12 runs; a division by 0\n");
    check_judged("finally max(t) / 1s == 0 and max(t) + 1s == 1s over sweep\n", "held 0/1\n");
    check_judged("sometimes height(a1) + $p == 3 over sweep\n", "held 0/1\n");
    check_judged("sometimes height(a1) + $p == 4 over sweep\n",
                 "failed 1/1\n  in none of 12 runs\n");
    check_judged("sometimes height(a1) + $p == 3 over seeds\n",
                 "failed 2/3\n  at -P p=1: in none of 4 runs\n  at -P p=2: in none of 4 runs\n");
}

/* At 25 s, at 50 s, and where p is 3 never. */
#define SOME "at (25s * $p) mine 1 at a2 as y maybe\nmeasure some = arrived(a2, y)\n"

/* What came about in no run is below nothing. */
static void
test_over_nulls(void)
{
    check_judged("finally p50(late) <= 1h over sweep\n",
                 "failed 1/1\n  p50 is never of 12 runs, null in 12\n");
    check_judged("finally max(late) <= 1h over sweep\n",
                 "failed 1/1\n  max is - of 12 runs, null in 12\n");
    check_judged("finally nulls(late) == 12 over sweep\n", "held 0/1\n");
    check_judged(SOME "finally p50(some) == 50s over sweep\n", "held 0/1\n");
    check_judged(SOME "finally max(some) <= 50s over sweep\n",
                 "failed 1/1\n  max is - of 12 runs, null in 4\n");
    check_judged(SOME "finally near(some, 37.5s) over sweep\n",
                 "failed 1/1\n  mean 37.5s ± 0s of 12 runs, null in 4\n");
    check_judged(SOME "finally not near(some, 1h) over sweep\n",
                 "failed 1/1\n  mean 37.5s ± 0s of 12 runs, null in 4\n");
    check_judged("finally not max(late) <= 1h over sweep\n",
                 "failed 1/1\n  max is - of 12 runs, null in 12\n");
    check_judged("finally not (max(late) <= 1h and mean(m) < 0) over sweep\n", "held 0/1\n");
}

static void
test_tables(void)
{
    g_autofree char *folder = g_dir_make_tmp("kettensim-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "r.db", NULL);
    g_autoptr(SimSweep) sweep = sweep_of(
        HEAD "param p = 1ms\nparam q = 1\nsweep p = 1ms, 2ms\nsweep q = 1, 2\nseeds 1..3\n"
             "measure m = height(a1) + $q\ntable m by p stat=n,mean,max\ntable m by q, p\n");
    g_autoptr(SimResults) results = results_of(sweep, path);
    g_autoptr(GPtrArray) tables = sim_results_tables(results);
    const SimTable *first = tables->pdata[0];

    CU_ASSERT_EQUAL(tables->len, 2);
    CU_ASSERT_EQUAL(first->rows, 2);
    TEST_STR_EQUAL(first->heads->pdata[0], "p");
    TEST_STR_EQUAL(first->heads->pdata[3], "m max");
    TEST_STR_EQUAL(g_array_index(first->cells, SimTableCell, 4).text, "2ms");
    TEST_STR_EQUAL(g_array_index(first->cells, SimTableCell, 4).exact, "2000000");
    TEST_STR_EQUAL(g_array_index(first->cells, SimTableCell, 5).exact, "6");
    TEST_STR_EQUAL(g_array_index(first->cells, SimTableCell, 6).exact, "1.5");
    CU_ASSERT_EQUAL(((const SimTable *)tables->pdata[1])->rows, 4);
    g_unlink(path);
    g_rmdir(folder);
}

/* --- parts -------------------------------------------------------------------------------- */

typedef struct {
    GString *cells;
    guint stop; /* at this row; 0: never */
} Walk;

static bool
walk(void *user, const SimSweepRow *row, GError **error)
{
    Walk *w = user;

    g_string_append_printf(w->cells, "%" G_GUINT64_FORMAT " ", row->cell);
    if (w->stop == 0 || w->cells->len < 2 * w->stop)
        return true;
    g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_TRACE, "enough");
    return false;
}

static void
check_walk(const char *path, const SimSweep *sweep, guint stop, const char *want,
           const char *problem)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimPart) part = sim_part_open(path, &error);
    Walk w = {g_string_new(NULL), stop};

    CU_ASSERT_PTR_NOT_NULL_FATAL(part);
    CU_ASSERT_EQUAL(sim_part_each(part, sweep, walk, &w, &error), *problem == '\0');
    TEST_STR_EQUAL(w.cells->str, want);
    CU_ASSERT_PTR_NOT_NULL(strstr(error != NULL ? error->message : "", problem));
    g_string_free(w.cells, TRUE);
}

/* Every row in order; whoever takes them ends it, and so does a row that cannot be. */
static void
test_parts(void)
{
    g_autofree char *folder = g_dir_make_tmp("kettensim-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "r.db", NULL);
    g_autoptr(SimSweep) sweep = sweep_of(HEAD "param p = 1\nsweep p = 1, 2\nseeds 1..2\n");
    g_autoptr(SimSweep) smaller = sweep_of(HEAD "param p = 1\nsweep p = 1, 2\n");
    SimResults *results = results_of(sweep, path);

    sim_results_free(results);
    check_walk(path, sweep, 0, "0 1 2 3 ", "");
    check_walk(path, sweep, 2, "0 1 ", "enough");
    check_walk(path, smaller, 0, "0 1 ", "are damaged: a run that the sweep does not have");
    g_unlink(path);
    g_rmdir(folder);
}

TEST_SUITE(sweep, {"statistic", test_statistic}, {"statistic of nulls", test_statistic_of_nulls},
           {"plan", test_plan}, {"checks over seeds", test_over_checks},
           {"statistics of seeds that are shared", test_statistic_of_seeds},
           {"nulls in checks over seeds", test_over_nulls}, {"tables", test_tables},
           {"parts", test_parts})
