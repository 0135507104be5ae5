/* Scale: the workloads of scenarios/bitcoin_day.scn beside the bare flood of the same run.
 *
 * Ours announces to no neighbour that is known to have the block, so it sends fewer messages than
 * the bare loop; both figures are shown, a message and in all.
 */
#include "sim/run/run.h"
#include "tests/bench/bench.h"
#include "tests/bench/flood.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define FILE_NAME "scenarios/bitcoin_day.scn"
#define ROUNDS 3

typedef struct {
    const char *name;
    unsigned nodes, blocks;
} Workload;

static const Workload workloads[] = {
    {"W1", 600, 1000},
    {"W2", 6000, 100},
    {"W3", 10000, 144},
};

typedef struct {
    double seconds, messages, events;
} Cost;

static bool
run_ours(Cost *ret_cost, const Workload *w)
{
    g_autofree char *nodes = g_strdup_printf("nodes=%u", w->nodes);
    g_autofree char *blocks = g_strdup_printf("blocks=%u", w->blocks);
    const char *overrides[] = {nodes, blocks, NULL};
    const ScnOptions options = {.overrides = overrides};
    const SimRunOptions run_options = {.scenario_name = FILE_NAME};
    g_autoptr(ScnErrors) errors = scn_errors_new();
    double start = bench_cpu_seconds();
    g_autoptr(ScnScenario) scenario = scn_parse_file(FILE_NAME, &options, errors);
    g_autoptr(SimRun) run = NULL;

    if (scenario == NULL) {
        scn_errors_print(errors, stderr, false);
        return false;
    }
    run = sim_run_new(scenario, &run_options, NULL);
    if (run == NULL || !sim_run_execute(run, NULL) || sim_run_status(run) != SIM_STATUS_HELD) {
        fprintf(stderr, "bench: %s did not hold\n", w->name);
        return false;
    }
    ret_cost->messages = (double)sim_net_sent(sim_world_net(sim_run_world(run)));
    ret_cost->events = (double)sim_run_events(run);
    ret_cost->seconds = bench_cpu_seconds() - start;
    return true;
}

static void
run_floor(Cost *ret_cost, const Workload *w)
{
    const FloodSpec spec = {w->nodes, w->blocks, 18000, 1};
    FloodResult result;

    flood_run(&result, &spec);
    *ret_cost = (Cost){result.cpu_seconds, (double)result.messages, (double)result.messages};
}

static double
peak_mb(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_SELF, &usage) == 0 ? (double)usage.ru_maxrss / 1024 : 0;
}

/* Names stay for as long as the process. */
static void
take_down(const char *workload, double ours, double floor, double ratio)
{
    bench_figure(g_strconcat(workload, "_cpu_s", NULL), ours);
    bench_figure(g_strconcat(workload, "_floor_cpu_s", NULL), floor);
    bench_figure(g_strconcat(workload, "_over_floor", NULL), ratio);
    bench_figure(g_strconcat(workload, "_peak_mb", NULL), peak_mb());
}

static double
measure(const Workload *w)
{
    double ours[ROUNDS], floor[ROUNDS];
    Cost a = {0, 0, 0}, b = {0, 0, 0};
    double mine, bare;

    for (int i = 0; i < ROUNDS; i++) {
        if (!run_ours(&a, w))
            return 0;
        run_floor(&b, w);
        ours[i] = a.seconds;
        floor[i] = b.seconds;
    }
    mine = bench_median(ours, ROUNDS);
    bare = bench_median(floor, ROUNDS);
    printf("  %-4s %6u %6u  %8.2f %7.1f M %6.0f   %8.2f %7.1f M %6.0f   %5.2f  %7.0f\n", w->name,
           w->nodes, w->blocks, mine, a.messages / 1e6, mine / a.messages * 1e9, bare,
           b.messages / 1e6, bare / b.messages * 1e9, mine / bare, peak_mb());
    take_down(w->name, mine, bare, mine / bare);
    return mine / a.events;
}

void
bench_scale(void)
{
    double costs[G_N_ELEMENTS(workloads)];

    printf("scale: relay inventory, compact sizes, trace off; medians of %d rounds\n", ROUNDS);
    printf("       nodes blocks     CPU s messages ns each  floor s messages ns each   ratio  peak "
           "MB\n");
    for (size_t i = 0; i < G_N_ELEMENTS(workloads); i++)
        costs[i] = measure(&workloads[i]);
    if (costs[0] > 0)
        printf("  an event at 10 000 nodes costs %.2f times one at 600\n\n",
               bench_figure("event_10000_over_600", costs[2] / costs[0]));
}
