/* Links of a live run; see live_links.h. */
#include "sim/cli/live_links.h"

#include "sim/world/observe.h"

#define DELAYS_DRAWN 1024

/* Draws a delay of the edge, in the machine's time. */
static int64_t
draw_delay(const SimNet *net, uint32_t edge, const LiveClock *clock, uint64_t seed, uint64_t number)
{
    const SimLinkSpec *spec = sim_net_link(net, edge);
    uint64_t key = sim_net_edge_key(net, edge), jitter;
    SimCounter draws;
    SimTime latency;

    sim_counter_init_at(&draws, sim_key_combine(seed, sim_key("live latency")), key, 4 * number);
    latency = sim_net_draw_latency(net, edge, draws);
    sim_counter_init_at(&draws, sim_key_combine(seed, sim_key("live jitter")), key, 4 * number);
    jitter = sim_counter_below(&draws, (uint64_t)spec->jitter + 1);
    return live_clock_wait(clock, sim_time_add(MAX(latency, spec->min), (SimTime)jitter));
}

static void
set_link(LiveSwitch *sw, const SimNet *net, uint32_t edge, const LiveClock *clock, uint64_t seed)
{
    const SimLinkSpec *spec = sim_net_link(net, edge);
    g_autofree int64_t *delays = g_new(int64_t, DELAYS_DRAWN);
    const LiveLink link = {
        .delays_ns = delays,
        .delay_count = DELAYS_DRAWN,
        .loss_ppb = spec->loss_ppb,
        .rate_bps = (uint64_t)((unsigned __int128)spec->rate_bps * clock->speed / LIVE_SPEED_UNIT),
        .queue_bytes = spec->queue_bytes,
    };

    for (uint64_t i = 0; i < DELAYS_DRAWN; i++)
        delays[i] = draw_delay(net, edge, clock, seed, i);
    live_switch_set_link(sw, sim_net_edge_src(net, edge), sim_net_edge_dst(net, edge), &link);
}

uint32_t
live_links_set(LiveSwitch *sw, SimWorld *world, const LiveClock *clock, uint64_t seed,
               uint32_t first)
{
    const SimNet *net = sim_world_net(world);

    for (uint32_t edge = first; edge < sim_net_edge_count(net); edge++)
        set_link(sw, net, edge, clock, seed);
    return sim_net_edge_count(net);
}

void
live_links_cut(LiveSwitch *sw, SimWorld *world)
{
    uint32_t count = sim_world_node_count(world);

    for (uint32_t a = 0; a < count; a++) {
        for (uint32_t b = 0; b < count; b++)
            live_switch_set_cut(sw, a, b, sim_net_separated(sim_world_net(world), a, b));
    }
}

LiveNamespace
live_links_namespace(const LiveClock *clock, uint32_t node)
{
    int64_t min_us = live_clock_wait(clock, SIM_STREAM_RTO_MIN) / 1000;
    int64_t max_ms = live_clock_wait(clock, SIM_STREAM_RTO_MAX) / 1000000;
    LiveNamespace name = {
        .rto_min_us = (uint32_t)CLAMP(min_us, 1000, UINT32_MAX),
        .rto_max_ms = (uint32_t)CLAMP(max_ms, 1000, UINT32_MAX),
    };

    live_namespace_address(name.address, node);
    return name;
}
