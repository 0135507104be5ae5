/* Sends messages through sim/net/line.c and fair.c for solver.py, which works the same out in its
 * own way. On stdin, in this order:
 *
 *   uploads N                  0: no bound
 *   node UP DOWN               bits a second, 0: none; nodes count from 0
 *   edge A B RATE              of the link, 0: none; edges count from 0
 *   send START_NS EDGE BYTES   from A to B, in the order of their starts, at most 256
 *
 * On stdout: when each message is through, in ns, in the order of the file.
 */
#include "sim/net/net.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    SimEngine *engine;
    SimNet *net;
    uint8_t sent;
    SimTime done[256];
} Fluid;

static void
on_deliver(void *user, const SimPacket *packet)
{
    ((Fluid *)user)->done[packet->kind] = packet->due;
}

static void
add_node(Fluid *fluid, uint64_t up_bps, uint64_t down_bps)
{
    g_autofree char *name = g_strdup_printf("n%u", sim_net_node_count(fluid->net));

    sim_net_set_node_rates(fluid->net, sim_net_add_node(fluid->net, name), up_bps, down_bps);
}

static void
add_edge(Fluid *fluid, uint32_t a, uint32_t b, uint64_t rate_bps)
{
    SimLinkSpec spec = sim_link_spec_default();

    spec.latency = sim_distribution_constant(0);
    spec.rate_bps = rate_bps;
    spec.queue_bytes = 1000000000;
    sim_net_set_link(fluid->net, sim_net_add_edge(fluid->net, a, b), &spec);
}

static void
send_at(Fluid *fluid, SimTime start, uint32_t edge, uint32_t bytes)
{
    sim_engine_run(fluid->engine, start, 0);
    if (sim_engine_now(fluid->engine) < start)
        sim_engine_advance(fluid->engine, start);
    sim_net_send(fluid->net, 2 * edge, fluid->sent++, bytes, NULL);
}

static void
obey(Fluid *fluid, char **words)
{
    uint64_t value[4] = {0};

    for (int i = 1; i < 4 && words[i] != NULL; i++)
        value[i] = g_ascii_strtoull(words[i], NULL, 10);
    if (strcmp(words[0], "uploads") == 0)
        sim_net_set_uploads(fluid->net, (uint32_t)value[1]);
    else if (strcmp(words[0], "node") == 0)
        add_node(fluid, value[1], value[2]);
    else if (strcmp(words[0], "edge") == 0)
        add_edge(fluid, (uint32_t)value[1], (uint32_t)value[2], value[3]);
    else
        send_at(fluid, (SimTime)value[1], (uint32_t)value[2], (uint32_t)value[3]);
}

int
main(void)
{
    static Fluid fluid;
    SimNetOps ops = {.user = &fluid, .deliver = on_deliver};
    char text[256];

    fluid.engine = sim_engine_new(1);
    fluid.net = sim_net_new(fluid.engine, 1, &ops);
    while (fgets(text, sizeof text, stdin) != NULL) {
        g_auto(GStrv) words = g_strsplit(g_strstrip(text), " ", 0);

        obey(&fluid, words);
    }
    sim_engine_run(fluid.engine, SIM_TIME_NEVER - 1, 0);
    for (unsigned i = 0; i < fluid.sent; i++)
        printf("%" PRId64 "\n", fluid.done[i]);
    sim_net_free(fluid.net);
    sim_engine_free(fluid.engine);
    return 0;
}
