/* A sweep with one worker and with two, by the clock on the wall: what a second core gives. */
#include "tests/bench/bench.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#define FILE_NAME "scenarios/sweeps/latency_split.scn"
#define COMMAND "build/kettensim"
#define ROUNDS 5
#define RUNS 288

/* Runs a second; 0 when the command failed. */
static double
rate(const char *jobs)
{
    g_autofree char *results = g_strdup_printf("%s/bench-sweep-XXXXXX", g_get_tmp_dir());
    int file = g_mkstemp(results);
    const char *words[] = {COMMAND, "sweep", FILE_NAME, "--seeds", "1..4", "-q",
                           "-j",    jobs,    "-o",      NULL,      NULL};
    gint64 start;
    int status = -1;

    if (file < 0)
        return 0;
    close(file);
    g_unlink(results);
    words[9] = results;
    start = g_get_monotonic_time();
    g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                 &status, NULL);
    g_unlink(results);
    return status == 0 ? RUNS / ((double)(g_get_monotonic_time() - start) / 1e6) : 0;
}

void
bench_sweep(void)
{
    double one[ROUNDS], two[ROUNDS], ratio[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        one[i] = rate("1");
        two[i] = rate("2");
        ratio[i] = one[i] > 0 ? two[i] / one[i] : 0;
        if (ratio[i] <= 0) {
            fprintf(stderr, "bench: '" COMMAND " sweep' failed; type make first\n");
            return;
        }
    }
    printf("sweep of %d runs of latency_split, by the wall clock, median of %d pairs\n", RUNS,
           ROUNDS);
    printf("  -j 1: %.1f runs/s, -j 2: %.1f runs/s\n",
           bench_figure("sweep_j1_runs_per_s", bench_median(one, ROUNDS)),
           bench_figure("sweep_j2_runs_per_s", bench_median(two, ROUNDS)));
    printf("  -j 2 over -j 1: %.2f (aim 1.8, on two idle cores)\n\n",
           bench_figure("sweep_j2_over_j1", bench_median(ratio, ROUNDS)));
}
