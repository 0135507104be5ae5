/* run --stats; see stats.h. */
#include "sim/cli/stats.h"
#include "sim/io/json.h"
#include "sim/world/observe.h"

#include <inttypes.h>
#include <malloc.h>
#include <sys/resource.h>
#include <time.h>

typedef struct {
    const char *name, *what;
    size_t bytes;
} Line;

#define LINES 11

/* Returns the allocated bytes; at least the counted ones, because some allocators (a sanitizer's)
 * report nothing. */
static size_t
heap_bytes(const SimWorldMemory *w)
{
    struct mallinfo2 heap = mallinfo2();
    size_t counted = w->nodes.peers + w->hosts + w->links + w->nodes.known + w->nodes.views +
                     w->nodes.mempool + w->nodes.waiting + w->store + w->ledger + w->queue;

    return MAX(heap.uordblks + heap.hblkhd, counted);
}

Stats
stats_take(const SimRun *run)
{
    SimWorld *world = sim_run_world(run);
    SimNet *net = sim_world_net(world);
    SimWorldMemory held = sim_world_memory(world);
    struct rusage usage = {0};
    struct timespec cpu = {0};

    getrusage(RUSAGE_SELF, &usage);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    return (Stats){
        .world = held,
        .trace = sim_run_trace_bytes(run),
        .heap = heap_bytes(&held),
        .peak = (size_t)usage.ru_maxrss * 1024,
        .cpu_s = (double)cpu.tv_sec + (double)cpu.tv_nsec * 1e-9,
        .events = sim_run_events(run),
        .messages = sim_net_sent(net),
        .nodes = sim_world_node_count(world),
        .links = sim_net_edge_count(net) / 2,
    };
}

/* Fills the lines. The last line is the rest: the scenario, the digest, the allocator's own. The
 * trace is already written and freed. */
static void
list_lines(Line ret_lines[LINES], const Stats *stats)
{
    const SimWorldMemory *w = &stats->world;
    const Line lines[LINES] = {
        {"nodes", "with what they keep of each peer", w->nodes.peers},
        {"hosts", "clocks, timers, counts around each node", w->hosts},
        {"links", "the graph", w->links},
        {"known", "what peers have", w->nodes.known},
        {"views", "which blocks each node has, orphans", w->nodes.views},
        {"mempools", "places of transactions", w->nodes.mempool},
        {"waiting", "requests and announcements under way", w->nodes.waiting},
        {"store", "blocks, headers, states, shared", w->store},
        {"ledger", "what checks may still ask of the past", w->ledger},
        {"queue", "places for events", w->queue},
        {"other", "the scenario, messages, the allocator's own", stats->heap},
    };

    size_t sum = 0;

    for (size_t i = 0; i < LINES; i++)
        ret_lines[i] = lines[i];
    for (size_t i = 0; i + 1 < LINES; i++)
        sum += lines[i].bytes;
    ret_lines[LINES - 1].bytes = stats->heap - sum;
}

void
stats_print(FILE *out, const Stats *stats, bool colour)
{
    Line lines[LINES];

    list_lines(lines, stats);
    fprintf(out, "\n%sMemory and time%s\n", colour ? "\033[1m" : "", colour ? "\033[0m" : "");
    for (size_t i = 0; i < LINES; i++)
        fprintf(out, "  %-9s %12zu  %s\n", lines[i].name, lines[i].bytes, lines[i].what);
    fprintf(out, "  %-9s %12zu  bytes on the heap at the end\n", "all", stats->heap);
    if (stats->trace > 0)
        fprintf(out, "  %-9s %12zu  buffers while the trace was written\n", "trace", stats->trace);
    fprintf(out, "  %-9s %12zu  bytes of the process at most\n", "peak", stats->peak);
    if (stats->nodes > 0)
        fprintf(out, "  %zu bytes a node with its view and what its peers have, %zu a link\n",
                (stats->world.nodes.peers + stats->world.nodes.known + stats->world.nodes.views +
                 stats->world.hosts) /
                    stats->nodes,
                stats->world.links / MAX(stats->links, 1));
    fprintf(out, "  %.2f s of processor time, %.0f ns an event\n", stats->cpu_s,
            stats->cpu_s * 1e9 / (double)MAX(stats->events, 1));
}

void
stats_build(JsonBuilder *builder, const Stats *stats)
{
    Line lines[LINES];

    list_lines(lines, stats);
    io_json_member_object(builder, "stats");
    for (size_t i = 0; i < LINES; i++)
        io_json_member_int(builder, lines[i].name, (int64_t)lines[i].bytes);
    io_json_member_int(builder, "heap", (int64_t)stats->heap);
    io_json_member_int(builder, "trace", (int64_t)stats->trace);
    io_json_member_int(builder, "peak", (int64_t)stats->peak);
    io_json_member_int(builder, "messages", (int64_t)stats->messages);
    io_json_member_real(builder, "cpu_s", stats->cpu_s);
    json_builder_end_object(builder);
}
