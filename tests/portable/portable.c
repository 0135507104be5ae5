/* What must have the same bits everywhere: a hash over draws of every distribution, and one over a
 * run of a million events with loss, copies, reordering, queues, streams and cuts.
 *
 * Printed, a line each, so that builds by other compilers, flags and processors can be compared.
 */
#include "sim/net/net.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define DRAWS 200000
#define NODES 40
#define EVENTS 1000000

typedef struct {
    EVP_MD_CTX *context;
} Sum;

static void
sum_init(Sum *sum)
{
    sum->context = EVP_MD_CTX_new();
    if (EVP_DigestInit_ex(sum->context, EVP_sha256(), NULL) != 1)
        abort();
}

static void
sum_add(Sum *sum, uint64_t value)
{
    uint8_t raw[8];

    for (int i = 0; i < 8; i++)
        raw[i] = (uint8_t)(value >> (8 * i));
    if (EVP_DigestUpdate(sum->context, raw, sizeof raw) != 1)
        abort();
}

static void
sum_print(Sum *sum, const char *what)
{
    uint8_t hash[32];

    if (EVP_DigestFinal_ex(sum->context, hash, NULL) != 1)
        abort();
    printf("%-14s ", what);
    for (int i = 0; i < 32; i++)
        printf("%02x", hash[i]);
    printf("\n");
    EVP_MD_CTX_free(sum->context);
}

/* --- samplers ----------------------------------------------------------------------------- */

static void
print_draws(const char *what, SimDistribution d)
{
    SimCounter draws;
    Sum sum;

    sum_init(&sum);
    sim_counter_init(&draws, 1, sim_key(what));
    for (int i = 0; i < DRAWS; i++)
        sum_add(&sum, (uint64_t)sim_distribution_sample(&d, &draws));
    sum_print(&sum, what);
}

static void
print_samplers(void)
{
    print_draws("uniform", sim_distribution_uniform(SIM_MS, 90 * SIM_MS));
    print_draws("normal", sim_distribution_normal(80 * SIM_MS, 20 * SIM_MS));
    print_draws("lognormal", sim_distribution_lognormal(80 * SIM_MS, SIM_PPB / 2));
    print_draws("exponential", sim_distribution_exponential(80 * SIM_MS));
    print_draws("pareto", sim_distribution_pareto(6 * SIM_MS, 22 * SIM_PPB / 10));
}

/* --- a network ---------------------------------------------------------------------------- */

typedef struct {
    SimEngine *engine;
    SimNet *net;
    Sum sum;
} World;

/* Passes on what comes, by one of two ways that depend on when it came. */
static void
deliver(void *user, const SimPacket *packet)
{
    World *world = user;
    size_t count;
    const uint32_t *edges = sim_net_out_edges(world->net, &count, packet->dst);

    sim_net_send(world->net, edges[(uint64_t)packet->due % count], (uint8_t)(packet->kind % 60 + 1),
                 packet->bytes % 1500 + 40, NULL);
}

static void
on_fate(void *user, const SimPacket *packet, SimFate fate)
{
    World *world = user;

    sum_add(&world->sum, (uint64_t)packet->due);
    sum_add(&world->sum, (uint64_t)packet->edge << 32 | packet->bytes << 8 | fate);
}

static void
on_kick(void *user, const SimEvent *event)
{
    World *world = user;

    for (uint32_t edge = 0; edge < sim_net_edge_count(world->net); edge += 7)
        sim_net_send(world->net, edge, 1, 200, NULL);
    sim_engine_schedule(world->engine, event->time + SIM_S, SIM_CLASS_ACTION, 0, 0, event->handler,
                        NULL, 0);
}

static void
connect_all(World *world)
{
    for (uint32_t i = 0; i < NODES; i++) {
        char name[16];

        snprintf(name, sizeof name, "n%" PRIu32, i);
        sim_net_add_node(world->net, name);
    }
    for (uint32_t i = 0; i < NODES; i++) {
        for (uint32_t k = 1; k <= 4; k++) {
            SimLinkSpec spec = sim_link_spec_default();
            uint32_t edge = sim_net_add_edge(world->net, i, (i + k * k) % NODES);

            spec.latency = k == 1   ? sim_distribution_lognormal(80 * SIM_MS, SIM_PPB / 2)
                           : k == 2 ? sim_distribution_pareto(6 * SIM_MS, 22 * SIM_PPB / 10)
                           : k == 3 ? sim_distribution_exponential(30 * SIM_MS)
                                    : sim_distribution_normal(50 * SIM_MS, 20 * SIM_MS);
            spec.jitter = SIM_MS;
            spec.loss_ppb = 10000000;
            spec.to_bad_ppb = k == 2 ? 1000000 : 0;
            spec.to_good_ppb = 200000000;
            spec.bad_loss_ppb = 500000000;
            spec.duplicate_ppb = 10000000;
            spec.reorder_ppb = 10000000;
            spec.corrupt_ppb = 1000000;
            spec.rate_bps = 1000000;
            spec.transport = k == 4 ? SIM_TRANSPORT_STREAM : SIM_TRANSPORT_DATAGRAM;
            sim_net_set_link(world->net, edge, &spec);
        }
    }
}

static void
print_network(void)
{
    World world = {.engine = sim_engine_new(1)};
    const SimNetOps ops = {.user = &world, .deliver = deliver, .fate = on_fate};
    uint8_t handler;

    sum_init(&world.sum);
    world.net = sim_net_new(world.engine, 1, &ops);
    connect_all(&world);
    sim_net_freeze(world.net);
    handler = sim_engine_add_handler(world.engine, on_kick, &world);
    sim_engine_schedule(world.engine, 0, SIM_CLASS_ACTION, 0, 0, handler, NULL, 0);
    sim_engine_run(world.engine, SIM_TIME_NEVER - 1, EVENTS);
    sim_net_finish(world.net);
    sum_add(&world.sum, sim_engine_events(world.engine));
    sum_print(&world.sum, "network");
    sim_net_free(world.net);
    sim_engine_free(world.engine);
}

int
main(void)
{
    print_samplers();
    print_network();
    return 0;
}
