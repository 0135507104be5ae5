/* The trace: rows a second that the writer takes, and what `consensus` adds to a run. By the clock
 * on the wall, for the writer has a thread of its own. */
#include "sim/run/run.h"
#include "sim/run/trace_writer.h"
#include "tests/bench/bench.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#define ROWS 2000000
#define ROUNDS 5
#define FILE_NAME "scenarios/bitcoin_day.scn"
#define W1 "blocks=1000"
#define SMALL "blocks=150"

static char *
new_path(void)
{
    char *path = g_strdup_printf("%s/bench-trace-XXXXXX", g_get_tmp_dir());
    int file = g_mkstemp(path);

    if (file >= 0)
        close(file);
    return path;
}

static double
seconds_since(gint64 start)
{
    return (double)(g_get_monotonic_time() - start) / 1e6;
}

/* Rows of `message`, as `full` has them. */
static void
put_rows(SimTraceWriter *writer)
{
    for (int i = 0; i < ROWS; i++) {
        SimTraceCell *at = sim_trace_writer_begin(writer, SIM_TABLE_MESSAGE);

        at = sim_trace_put_text(at, i % 3 == 0 ? "new_block" : "announce");
        at = sim_trace_put_integer(at, i % 600);
        at = sim_trace_put_integer(at, i * 7 % 600);
        at = sim_trace_put_integer(at, (int64_t)i * 1000003);
        at = sim_trace_put_integer(at, (int64_t)i * 1000003 + 80000000);
        at = sim_trace_put_text(at, "delivered");
        at = sim_trace_put_integer(at, i % 3 == 0 ? 18000 : 57);
        sim_trace_writer_end(writer, SIM_TABLE_MESSAGE, at);
    }
}

/* Millions of rows a second: until all are with SQLite's pages, and until the file is whole. */
static double
writer_rate(void)
{
    g_autofree char *path = new_path();
    gint64 start = g_get_monotonic_time();
    SimTraceWriter *writer = sim_trace_writer_new(path, path, NULL);
    double rate = 0;

    if (writer != NULL) {
        put_rows(writer);
        if (sim_trace_writer_finish(writer, NULL))
            rate = ROWS / seconds_since(start) / 1e6;
    }
    g_unlink(path);
    return rate;
}

static double
run_seconds(SimTraceLevel level, const char *blocks)
{
    const char *overrides[] = {"nodes=600", blocks, NULL};
    const ScnOptions options = {.overrides = overrides};
    g_autofree char *path = new_path();
    const SimRunOptions run_options = {.scenario_name = FILE_NAME,
                                       .trace_path = level == SIM_TRACE_OFF ? NULL : path,
                                       .trace_level = level};
    g_autoptr(ScnErrors) errors = scn_errors_new();
    gint64 start = g_get_monotonic_time();
    g_autoptr(ScnScenario) scenario = scn_parse_file(FILE_NAME, &options, errors);
    g_autoptr(SimRun) run = scenario != NULL ? sim_run_new(scenario, &run_options, NULL) : NULL;
    bool ok = run != NULL && sim_run_execute(run, NULL);
    double seconds = seconds_since(start);

    g_unlink(path);
    return ok ? seconds : 0;
}

void
bench_trace(void)
{
    double rates[ROUNDS], consensus[ROUNDS], full[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        double off = run_seconds(SIM_TRACE_OFF, W1), small = run_seconds(SIM_TRACE_OFF, SMALL);

        rates[i] = writer_rate();
        consensus[i] = off > 0 ? run_seconds(SIM_TRACE_CONSENSUS, W1) / off : 0;
        full[i] = small > 0 ? run_seconds(SIM_TRACE_FULL, SMALL) / small : 0;
    }
    printf("trace, by the wall clock, medians of %d\n", ROUNDS);
    printf("  writer: %.2f M rows/s of message, indexes included (aim 2)\n",
           bench_figure("trace_mrows_per_s", bench_median(rates, ROUNDS)));
    printf("  W1 takes %.2f times as long at consensus (aim 1.15), 600 nodes and 150 blocks %.2f "
           "times at full\n\n",
           bench_figure("trace_consensus_over_off", bench_median(consensus, ROUNDS)),
           bench_figure("trace_full_over_off", bench_median(full, ROUNDS)));
}
