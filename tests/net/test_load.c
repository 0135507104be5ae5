/* Links and uplinks under load against queueing theory, a flood against Dijkstra, and that the
 * steady state allocates nothing.
 */
#include "sim/net/net.h"
#include "tests/harness/harness.h"
#include "tests/net/world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* -- waiting times -------------------------------------------------------------------------- */

#define BYTE_NS 1000 /* at 8 Mbit/s */
#define MEAN_BYTES 10000
#define LATENCY (10 * SIM_MS)
#define BATCHES 40

typedef struct {
    int per_batch, done;
    double sums[BATCHES]; /* of waiting times, in mean services */
} Waits;

static void
note_wait(void *user, const SimPacket *packet)
{
    Waits *waits = user;
    SimTime wait = packet->due - packet->sent - LATENCY - (SimTime)packet->bytes * BYTE_NS;

    CU_ASSERT(wait >= 0);
    waits->sums[waits->done / waits->per_batch] += (double)wait / MEAN_BYTES / BYTE_NS;
    waits->done++;
}

typedef struct {
    const char *name;
    double load;
    bool exponential; /* M/M/1, else M/D/1 */
    bool uplink;      /* of one node with three edges, else of one link */
    int count;
    double want; /* mean wait in mean services */
} Queue;

static void
feed(const Queue *queue, SimEngine *engine, SimNet *net)
{
    SimTime gap = (SimTime)(MEAN_BYTES * BYTE_NS / queue->load), at = 0;
    SimRandom r;

    sim_random_init(&r, 5, "test", queue->name);
    for (int i = 0; i < queue->count; i++) {
        uint32_t edge = queue->uplink ? 2 * (uint32_t)sim_random_below(&r, 3) : 0;
        uint32_t bytes = MEAN_BYTES;

        at += sim_random_exponential(&r, gap);
        if (queue->exponential)
            bytes = (uint32_t)sim_random_exponential(&r, MEAN_BYTES);
        sim_engine_run(engine, at, 0);
        if (sim_engine_now(engine) < at)
            sim_engine_advance(engine, at);
        sim_net_send(net, edge, 0, bytes, NULL);
    }
    sim_engine_run(engine, SIM_TIME_NEVER - 1, 0);
}

/* The mean of batch means within 4.5 standard errors of theory, and these below 4 %: the batches
 * are far longer than the queue's memory, 1 / (1 - load)^2 services. */
static void
check_queue(const Queue *queue)
{
    Waits waits = {.per_batch = queue->count / BATCHES};
    SimNetOps ops = {.user = &waits, .deliver = note_wait};
    SimEngine *engine = sim_engine_new(1);
    SimNet *net = sim_net_new(engine, 1, &ops);
    SimLinkSpec spec = sim_link_spec_default();
    double sum = 0, squares = 0, mean, error;
    char text[128];

    spec.latency = sim_distribution_constant(LATENCY);
    spec.queue_bytes = UINT64_C(1) << 50;
    spec.rate_bps = queue->uplink ? 0 : 8000000;
    for (int i = 0; i < 4; i++)
        sim_net_add_node(net, (char[]){(char)('a' + i), '\0'});
    for (uint32_t i = 1; i < 4; i++)
        sim_net_set_link(net, sim_net_add_edge(net, 0, i), &spec);
    if (queue->uplink) {
        sim_net_set_bandwidth(net, SIM_BANDWIDTH_UPLINK);
        sim_net_set_node_rates(net, 0, 8000000, 0);
    }
    feed(queue, engine, net);
    CU_ASSERT_EQUAL(waits.done, queue->count);
    for (int i = 0; i < BATCHES; i++) {
        double batch = waits.sums[i] / waits.per_batch;

        sum += batch;
        squares += batch * batch;
    }
    mean = sum / BATCHES;
    error = sqrt((squares / BATCHES - mean * mean) / (BATCHES - 1));
    snprintf(text, sizeof text, "%s at %g: waits %.4f, error %.4f, want %.4f", queue->name,
             queue->load, mean, error, queue->want);
    CU_assertImplementation(fabs(mean - queue->want) < 4.5 * error && error < 0.04 * queue->want,
                            __LINE__, text, __FILE__, "", CU_FALSE);
    sim_net_free(net);
    sim_engine_free(engine);
}

/* Waiting in services of mean 1: M/D/1 r / 2(1 - r) (Pollaczek 1930), M/M/1 r / (1 - r). */
static void
test_waiting_times(void)
{
    static const Queue queues[] = {
        {"M/D/1", 0.3, false, false, 200000, 0.3 / 1.4},
        {"M/D/1", 0.6, false, false, 200000, 0.6 / 0.8},
        {"M/D/1", 0.9, false, false, 1000000, 0.9 / 0.2},
        {"M/M/1", 0.3, true, false, 200000, 0.3 / 0.7},
        {"M/M/1", 0.6, true, false, 200000, 0.6 / 0.4},
        {"M/M/1", 0.9, true, false, 1000000, 0.9 / 0.1},
        {"uplink M/M/1", 0.6, true, true, 200000, 0.6 / 0.4},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(queues); i++)
        check_queue(&queues[i]);
}

/* -- floods --------------------------------------------------------------------------------- */

#define FLOOD_MAX 60

typedef struct {
    SimNet *net;
    SimTime first[FLOOD_MAX];
} Flood;

static void
spread(Flood *flood, uint32_t node)
{
    size_t count;
    const uint32_t *edges = sim_net_out_edges(flood->net, &count, node);

    for (size_t i = 0; i < count; i++)
        sim_net_send(flood->net, edges[i], 0, 100, NULL);
}

static void
on_flood(void *user, const SimPacket *packet)
{
    Flood *flood = user;

    if (flood->first[packet->dst] != SIM_TIME_NEVER)
        return;
    flood->first[packet->dst] = packet->due;
    spread(flood, packet->dst);
}

/* Dijkstra's algorithm, the plain one. */
static void
find_distances(SimTime *ret_distance, SimTime delay[FLOOD_MAX][FLOOD_MAX], uint32_t n)
{
    bool done[FLOOD_MAX] = {false};

    for (uint32_t i = 0; i < n; i++)
        ret_distance[i] = i == 0 ? 0 : SIM_TIME_NEVER;
    for (;;) {
        uint32_t at = n;

        for (uint32_t i = 0; i < n; i++)
            if (!done[i] && ret_distance[i] != SIM_TIME_NEVER &&
                (at == n || ret_distance[i] < ret_distance[at]))
                at = i;
        if (at == n)
            return;
        done[at] = true;
        for (uint32_t i = 0; i < n; i++)
            if (delay[at][i] > 0)
                ret_distance[i] = MIN(ret_distance[i], ret_distance[at] + delay[at][i]);
    }
}

/* Latencies differ by direction; every third graph also has line rates and small extras. */
static void
build_flood(SimNet *net, SimTime delay[FLOOD_MAX][FLOOD_MAX], uint32_t n, SimRandom *r, bool rates)
{
    for (uint32_t i = 0; i < n; i++)
        sim_net_add_node(net, (char[]){(char)('0' + i), '\0'});
    for (uint32_t k = 0; k < 2 * n; k++) {
        uint32_t i = (uint32_t)sim_random_below(r, n), j = (uint32_t)sim_random_below(r, n);

        if (i == j || delay[i][j] > 0)
            continue;
        uint32_t edge = sim_net_add_edge(net, i, j);

        for (int way = 0; way < 2; way++) {
            SimLinkSpec spec = sim_link_spec_default();
            SimTime latency = 1 + (SimTime)sim_random_below(r, (uint64_t)SIM_S);

            spec.latency = sim_distribution_constant(latency);
            spec.rate_bps = rates ? 1000 : 0; /* 100 bytes are 0.8 s */
            spec.small_extra = rates ? 5 * SIM_MS : 0;
            sim_net_set_link(net, edge ^ (uint32_t)way, &spec);
            *(way ? &delay[j][i] : &delay[i][j]) = latency + (rates ? 805 * SIM_MS : 0);
        }
    }
}

static void
test_floods(void)
{
    static SimTime delay[FLOOD_MAX][FLOOD_MAX];
    SimTime distance[FLOOD_MAX];
    uint32_t reached = 0;
    SimRandom r;

    sim_random_init(&r, 1, "test", "floods");
    for (int graph = 0; graph < 100; graph++) {
        uint32_t n = 2 + (uint32_t)sim_random_below(&r, FLOOD_MAX - 1);
        Flood flood;
        SimNetOps ops = {.user = &flood, .deliver = on_flood};
        SimEngine *engine = sim_engine_new((uint64_t)graph);

        for (uint32_t i = 0; i < FLOOD_MAX; i++) {
            flood.first[i] = SIM_TIME_NEVER;
            for (uint32_t j = 0; j < FLOOD_MAX; j++)
                delay[i][j] = 0;
        }
        flood.net = sim_net_new(engine, (uint64_t)graph, &ops);
        build_flood(flood.net, delay, n, &r, graph % 3 == 0);
        flood.first[0] = 0;
        spread(&flood, 0);
        sim_engine_run(engine, SIM_DAY, 0);
        find_distances(distance, delay, n);
        for (uint32_t i = 0; i < n; i++) {
            CU_ASSERT_EQUAL(flood.first[i], distance[i]);
            reached += distance[i] != SIM_TIME_NEVER;
        }
        sim_net_free(flood.net);
        sim_engine_free(engine);
    }
    CU_ASSERT(reached > 100 * FLOOD_MAX / 3); /* not of a few nodes each */
}

/* -- allocation ----------------------------------------------------------------------------- */

/* Calls to the allocator are counted by standing in front of glibc's; the address sanitizer has an
 * allocator of its own. */
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
static uint64_t allocations;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

void *
malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

void *
realloc(void *memory, size_t size)
{
    allocations++;
    return __libc_realloc(memory, size);
}

static void
count_one(void *user, const SimPacket *packet)
{
    (void)packet;
    ++*(uint64_t *)user;
}

static void
send_many(SimEngine *engine, SimNet *net, uint64_t *at, uint64_t count)
{
    for (uint64_t end = *at + count; *at < end; ++*at) {
        sim_engine_run(engine, (SimTime)*at * 100 * SIM_US, 0);
        sim_net_send(net, (uint32_t)(*at * 5 % sim_net_edge_count(net)), (uint8_t)(*at % 3), 500,
                     NULL);
    }
}

/* With everything at once that needs no waiting list: rates, bursts of loss, copies, disorder,
 * damage, an impairment, and streams. These lose nothing: what is tried again after seconds makes
 * the number in flight swing for longer than a test runs. (The queue takes memory to sort an
 * instant of more than 96 events, which a longer tail of latencies brings about on ordered edges.)
 */
static void
test_no_allocation(void)
{
    static const uint32_t from[] = {0, 2}, to[] = {2, 4, 6}; /* no stream between these */
    static const SimImpairSpec impair = {.kind = SIM_IMPAIR_LOSS,
                                         .ppb = 10000000,
                                         .kinds = SIM_KINDS_ALL,
                                         .from = from,
                                         .from_count = 2,
                                         .to = to,
                                         .to_count = 3};
    uint64_t delivered = 0, at = 0, before;
    SimNetOps ops = {.user = &delivered, .deliver = count_one};
    SimEngine *engine = sim_engine_new(1);
    SimNet *net = sim_net_new(engine, 1, &ops);
    SimLinkSpec spec = sim_link_spec_default();

    for (int i = 0; i < 8; i++)
        sim_net_add_node(net, (char[]){(char)('a' + i), '\0'});
    spec.latency = sim_distribution_lognormal(80 * SIM_MS, SIM_PPB / 5);
    spec.rate_bps = 100000000;
    for (uint32_t i = 0; i < 8; i++) {
        for (uint32_t j = 0; j < i; j++) {
            bool stream = j % 2 == 1;

            spec.transport = stream ? SIM_TRANSPORT_STREAM : SIM_TRANSPORT_DATAGRAM;
            spec.loss_ppb = spec.to_bad_ppb = spec.corrupt_ppb = stream ? 0 : 10000000;
            spec.duplicate_ppb = spec.reorder_ppb = 20000000;
            spec.bad_loss_ppb = spec.to_good_ppb = 500000000;
            sim_net_set_link(net, sim_net_add_edge(net, i, j), &spec);
            sim_net_set_link(net, sim_net_add_edge(net, j, i), &spec);
        }
    }
    sim_net_set_node_rates(net, 2, 50000000, 50000000);
    sim_net_impair(net, &impair);
    send_many(engine, net, &at, 200000);
    before = allocations;
    delivered = 0;
    send_many(engine, net, &at, 110000);
    CU_ASSERT_EQUAL(allocations, before);
    CU_ASSERT(delivered >= 100000);
    g_free(g_malloc(1)); /* the counter counts */
    CU_ASSERT(allocations > before);
    sim_net_free(net);
    sim_engine_free(engine);
}
#else
static void
test_no_allocation(void)
{
}
#endif

TEST_SUITE(load, {"waiting-times", test_waiting_times}, {"floods", test_floods},
           {"no-allocation", test_no_allocation})
