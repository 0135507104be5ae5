/* Worlds of real nodes: they agree, a cut makes them differ and a heal agree again; and sharing a
 * store or passing messages as objects changes nothing. */
#include "sim/engine/random.h"
#include "sim/world/observe.h"
#include "sim/world/world.h"
#include "tests/harness/harness.h"

#include <stdio.h>

#define NODES 6

typedef struct {
    SimWorld *world;
    uint64_t print; /* over all facts and messages */
    unsigned kinds[SIM_FACT_KIND_COUNT];
    unsigned messages;
} Run;

static void
mix(Run *run, uint64_t value)
{
    run->print = sim_key_combine(run->print, value);
}

static void
on_fact(void *user, const SimFact *fact)
{
    Run *run = user;
    uint64_t head = 0;

    if (fact->hash != NULL)
        memcpy(&head, fact->hash, sizeof head);
    run->kinds[fact->kind]++;
    mix(run, fact->kind);
    mix(run, (uint64_t)fact->time);
    mix(run, fact->node);
    mix(run, head);
}

static void
on_message(void *user, const SimPacket *packet, SimFate fate)
{
    Run *run = user;

    run->messages++;
    mix(run, (uint64_t)packet->due);
    mix(run, packet->edge);
    mix(run, fate);
}

static void
ignore_fact(void *user, const SimFact *fact)
{
    (void)user;
    (void)fact;
}

static void
count_kind(void *user, const SimPacket *packet, SimFate fate)
{
    ((unsigned *)user)[packet->kind] += fate == SIM_FATE_DELIVERED;
}

/* A mesh of miners on links of 80 ms, of which a hundredth loses. */
static void
run_init_relay(Run *run, uint64_t seed, bool isolate, bool wire, KettePow pow, KetteRelay relay)
{
    SimWorldConfig config = {.seed = seed, .isolate = isolate, .wire = wire};
    const SimWatcher watcher = {.user = run, .fact = on_fact, .message = on_message};
    SimLinkSpec link = sim_link_spec_default();

    memset(run, 0, sizeof *run);
    kette_params_init(&config.params);
    config.params.pow = pow;
    kette_node_config_init(&config.node);
    config.node.relay = relay;
    run->world = sim_world_new(&config);
    sim_world_add_wallet(run->world, "carol", 10);
    sim_world_add_wallet(run->world, "alice", 0);
    sim_world_open(run->world);
    for (unsigned i = 0; i < NODES; i++) {
        char name[8];
        SimNodeSpec spec = {.name = name,
                            .miner = true,
                            .share_num = 1,
                            .share_den = NODES,
                            .port = 8001,
                            .relay = relay};

        snprintf(name, sizeof name, "n%u", i);
        sim_world_add_node(run->world, &spec);
    }
    for (uint32_t a = 0; a < NODES; a++) {
        for (uint32_t b = a + 1; b < NODES; b++)
            sim_world_connect(run->world, a, b);
    }
    link.latency = sim_distribution_lognormal(80 * SIM_MS, SIM_PPB / 2);
    link.loss_ppb = 10000000;
    for (uint32_t e = 0; e < sim_net_edge_count(sim_world_net(run->world)); e++)
        sim_net_set_link(sim_world_net(run->world), e, &link);
    sim_world_add_tx(run->world, &(SimTxSpec){"pay", 0, 1, 9, 0, 0});
    sim_world_add_watcher(run->world, &watcher);
    sim_world_start(run->world);
}

static void
run_init(Run *run, uint64_t seed, bool isolate, bool wire, KettePow pow)
{
    run_init_relay(run, seed, isolate, wire, pow, KETTE_RELAY_FLOOD);
}

static void
run_until(Run *run, SimTime at)
{
    sim_engine_run(sim_world_engine(run->world), at, 0);
}

static void
run_clear(Run *run)
{
    g_autoptr(GString) report = g_string_new(NULL);

    for (uint32_t i = 0; i < NODES; i++) {
        const char *wrong = kette_node_audit(sim_world_node(run->world, i));

        TEST_STR_EQUAL(wrong ? wrong : "ok", "ok");
    }
    CU_ASSERT_TRUE(sim_world_finish(run->world, report));
    TEST_STR_EQUAL(report->str, "");
    sim_world_free(run->world);
}

static const uint32_t all[NODES] = {0, 1, 2, 3, 4, 5};

/* Cut in halves for ten minutes, settled on each side, healed; with a payment on one side. */
static uint64_t
partition(uint64_t seed, bool isolate, bool wire, KetteRelay relay)
{
    const uint32_t *groups[] = {all, all + 3};
    const size_t sizes[] = {3, 3};
    Run run;
    uint32_t cut;
    uint64_t print;

    run_init_relay(&run, seed, isolate, wire, KETTE_POW_SIMULATED, relay);
    run_until(&run, 5 * SIM_MIN);
    cut = sim_net_partition(sim_world_net(run.world), &(SimCutSpec){0}, 2, groups, sizes);
    CU_ASSERT_EQUAL(sim_world_submit(run.world, 0, 0), KETTE_OK);
    run_until(&run, 15 * SIM_MIN);
    for (uint32_t i = 0; i < NODES; i++)
        sim_world_set_mining(run.world, i, false);
    CU_ASSERT_EQUAL(sim_world_mine(run.world, 0, 1), KETTE_OK);
    CU_ASSERT_EQUAL(sim_world_mine(run.world, 3, 2), KETTE_OK);
    run_until(&run, 16 * SIM_MIN);
    CU_ASSERT_TRUE(sim_world_same_tip(run.world, all, 3, 0));
    CU_ASSERT_TRUE(sim_world_same_tip(run.world, all + 3, 3, 0));
    CU_ASSERT_FALSE(sim_world_same_tip(run.world, all, NODES, 0));
    CU_ASSERT_TRUE(sim_net_heal(sim_world_net(run.world), cut));
    run_until(&run, 18 * SIM_MIN);
    if (kette_u256_compare(
            sim_world_block_work(run.world, sim_world_tip(run.world, 0)),
            sim_world_block_work(run.world, sim_world_best_tip(run.world, all, NODES))) == 0) {
        CU_ASSERT_TRUE(sim_world_same_tip(run.world, all, NODES, 0));
        CU_ASSERT_TRUE(sim_world_time_to_agree(run.world, all, NODES, 16 * SIM_MIN) < 30 * SIM_S);
        /* from a moment that has not come */
        CU_ASSERT_EQUAL(sim_world_time_to_agree(run.world, all, NODES, 10000 * SIM_MIN), -1);
    }
    CU_ASSERT_TRUE(sim_world_supply_holds(run.world, 0));
    print = run.print;
    run_clear(&run);
    return print;
}

static void
test_partition_and_heal(void)
{
    for (uint64_t seed = 1; seed <= 5; seed++)
        partition(seed, false, false, KETTE_RELAY_FLOOD);
}

static void
test_same_seed_same_run(void)
{
    CU_ASSERT_EQUAL(partition(7, false, false, KETTE_RELAY_FLOOD),
                    partition(7, false, false, KETTE_RELAY_FLOOD));
    CU_ASSERT_NOT_EQUAL(partition(7, false, false, KETTE_RELAY_FLOOD),
                        partition(8, false, false, KETTE_RELAY_FLOOD));
}

static void
test_sharing_changes_nothing(void)
{
    for (KetteRelay relay = KETTE_RELAY_FLOOD; relay <= KETTE_RELAY_PUSH; relay++) {
        uint64_t print = partition(3, false, false, relay);

        CU_ASSERT_EQUAL(partition(3, true, false, relay), print);
        CU_ASSERT_EQUAL(partition(3, false, true, relay), print);
        CU_ASSERT_EQUAL(partition(3, true, true, relay), print);
    }
}

/* 6 nodes in a mesh, one block: everybody announces to whoever is not known to have it, and each
 * body crosses the network once a node. */
static unsigned
kinds_sent(KetteRelay relay, KetteMessageKind kind)
{
    static unsigned counts[KETTE_MSG_COUNT];
    const SimWatcher watcher = {.user = counts, .fact = ignore_fact, .message = count_kind};
    SimLinkSpec link = sim_link_spec_default();
    Run run;

    run_init_relay(&run, 1, false, false, KETTE_POW_OFF, relay);
    for (uint32_t e = 0; e < sim_net_edge_count(sim_world_net(run.world)); e++)
        sim_net_set_link(sim_world_net(run.world), e, &link);
    run_until(&run, SIM_MIN);
    memset(counts, 0, sizeof counts);
    sim_world_add_watcher(run.world, &watcher);
    CU_ASSERT_EQUAL(sim_world_mine(run.world, 0, 1), KETTE_OK);
    run_until(&run, SIM_MIN + SIM_S);
    CU_ASSERT_TRUE(sim_world_same_tip(run.world, all, NODES, 0));
    run_clear(&run);
    return counts[kind];
}

static void
test_relay_modes(void)
{
    /* Flood: 5 from the miner; the other five get it at once and send it to the four others. */
    CU_ASSERT_EQUAL(kinds_sent(KETTE_RELAY_FLOOD, KETTE_MSG_NEW_BLOCK), 5 + 5 * 4);
    CU_ASSERT_EQUAL(kinds_sent(KETTE_RELAY_INVENTORY, KETTE_MSG_NEW_BLOCK), 5);
    CU_ASSERT_EQUAL(kinds_sent(KETTE_RELAY_INVENTORY, KETTE_MSG_GET_DATA), 5);
    CU_ASSERT_EQUAL(kinds_sent(KETTE_RELAY_INVENTORY, KETTE_MSG_INVENTORY), 5 + 5 * 4);
    CU_ASSERT_EQUAL(kinds_sent(KETTE_RELAY_COMPACT, KETTE_MSG_COMPACT_BLOCK), 5);
    CU_ASSERT_EQUAL(kinds_sent(KETTE_RELAY_COMPACT, KETTE_MSG_NEW_BLOCK), 0);
    /* Push: 5 from the miner, and the others announce it to the four others by id. */
    CU_ASSERT_EQUAL(kinds_sent(KETTE_RELAY_PUSH, KETTE_MSG_NEW_BLOCK), 5);
    CU_ASSERT_EQUAL(kinds_sent(KETTE_RELAY_PUSH, KETTE_MSG_INVENTORY), 5 * 4);
    CU_ASSERT_EQUAL(kinds_sent(KETTE_RELAY_PUSH, KETTE_MSG_GET_DATA), 0);
}

static void
test_payment_is_confirmed(void)
{
    Run run;

    run_init(&run, 1, false, false, KETTE_POW_OFF);
    run_until(&run, SIM_MIN);
    CU_ASSERT_EQUAL(sim_world_submit(run.world, 0, 2), KETTE_OK);
    CU_ASSERT_EQUAL(sim_world_submit(run.world, 0, 2), KETTE_ALREADY_KNOWN);
    run_until(&run, 2 * SIM_MIN);
    for (uint32_t i = 0; i < NODES; i++)
        CU_ASSERT_TRUE(sim_world_in_mempool(run.world, i, 0));
    CU_ASSERT_EQUAL(sim_world_mine(run.world, 4, 1), KETTE_OK);
    run_until(&run, 3 * SIM_MIN);
    CU_ASSERT_EQUAL(sim_world_mine(run.world, 4, 1), KETTE_OK);
    run_until(&run, 4 * SIM_MIN);
    for (uint32_t i = 0; i < NODES; i++) {
        CU_ASSERT_EQUAL(sim_world_confirmations(run.world, i, 0), 2);
        CU_ASSERT_EQUAL(sim_world_balance(run.world, i, 1), 9);
        CU_ASSERT_EQUAL(sim_world_nonce(run.world, i, 0), 1);
        CU_ASSERT_FALSE(sim_world_in_mempool(run.world, i, 0));
        CU_ASSERT_EQUAL(sim_world_reorgs(run.world, i), 0);
    }
    CU_ASSERT_EQUAL(run.kinds[SIM_FACT_BLOCK], 2);
    CU_ASSERT_EQUAL(run.kinds[SIM_FACT_BODY], 2 * NODES);
    CU_ASSERT_EQUAL(run.kinds[SIM_FACT_TX_ACCEPTED], NODES);
    CU_ASSERT_EQUAL(sim_world_mined(run.world, 4), 2);
    CU_ASSERT_EQUAL(sim_world_stale(run.world, 4), 0);
    run_clear(&run);
}

/* 100 % of the hash power finds a block a spacing: in ten hours 3600, give or take five sigma. */
static void
test_race_has_its_rate(void)
{
    uint64_t mined = 0;
    Run run;

    run_init(&run, 2, false, false, KETTE_POW_SIMULATED);
    run_until(&run, 10 * SIM_HOUR);
    for (uint32_t i = 0; i < NODES; i++)
        mined += sim_world_mined(run.world, i);
    CU_ASSERT_TRUE(mined > 3600 - 300);
    CU_ASSERT_TRUE(mined < 3600 + 300);
    run_clear(&run);
}

/* A window of 20 blocks on a chain that starts at its easiest: with twice the hash power that the
 * spacing is for, difficulty follows, and the race with it, until blocks come at the spacing. */
static void
test_race_follows_difficulty(void)
{
    SimWorldConfig config = {.seed = 9};
    g_autoptr(SimWorld) world = NULL;
    uint32_t early;

    kette_params_init(&config.params);
    config.params.retarget = KETTE_RETARGET_EPOCH;
    config.params.window = 20;
    kette_node_config_init(&config.node);
    world = sim_world_new(&config);
    sim_world_open(world);
    sim_world_add_node(
        world, &(SimNodeSpec){.name = "solo", .miner = true, .share_num = 8, .share_den = 1});
    sim_world_start(world);
    sim_engine_run(sim_world_engine(world), SIM_MIN, 0);
    early = sim_world_block_count(world);
    CU_ASSERT_TRUE(early > 25); /* eight times six */
    sim_engine_run(sim_world_engine(world), 10 * SIM_HOUR, 0);
    /* 3600 at the spacing; 28 800 if the draw never changed. */
    CU_ASSERT_TRUE(sim_world_block_count(world) > 3000);
    CU_ASSERT_TRUE(sim_world_block_count(world) < 4500);
    sim_world_finish(world, NULL);
}

static void
test_stale_blocks_are_counted(void)
{
    Run run;
    uint64_t stale = 0;

    run_init(&run, 1, false, false, KETTE_POW_OFF);
    run_until(&run, SIM_MIN);
    CU_ASSERT_EQUAL(sim_world_mine(run.world, 0, 1), KETTE_OK);
    CU_ASSERT_EQUAL(sim_world_mine(run.world, 1, 2), KETTE_OK);
    run_until(&run, 2 * SIM_MIN);
    CU_ASSERT_EQUAL(sim_world_stale(run.world, 0), 1);
    for (uint32_t i = 0; i < NODES; i++)
        stale += sim_world_stale(run.world, i);
    CU_ASSERT_EQUAL(stale, 1);
    run_clear(&run);
}

#define INTERVALS 1500

static gint
compare_times(gconstpointer a, gconstpointer b)
{
    SimTime x = *(const SimTime *)a, y = *(const SimTime *)b;

    return (x > y) - (x < y);
}

/* The times between blocks of one miner with all hash power, ordered. */
static void
block_intervals(SimTime *ret_times, KettePow pow)
{
    SimWorldConfig config = {.seed = 5};
    g_autoptr(SimWorld) world = NULL;
    g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(SimTime));

    kette_params_init(&config.params);
    config.params.pow = pow;
    config.params.genesis_bits = 0x1f3fffff; /* 1024 tries a block */
    kette_node_config_init(&config.node);
    config.node.keepalive_ns = 0;
    world = sim_world_new(&config);
    sim_world_open(world);
    sim_world_add_node(
        world, &(SimNodeSpec){.name = "solo", .miner = true, .share_num = 1, .share_den = 1});
    sim_world_start(world);
    sim_engine_run(sim_world_engine(world), 40000 * SIM_S, 0);
    CU_ASSERT_TRUE_FATAL(sim_world_block_count(world) > INTERVALS + 1);
    for (uint32_t i = 1; i <= INTERVALS; i++) {
        SimTime wait = sim_world_block_found(world, i) - sim_world_block_found(world, i - 1);

        g_array_append_val(times, wait);
    }
    g_array_sort(times, compare_times);
    memcpy(ret_times, times->data, INTERVALS * sizeof(SimTime));
    sim_world_finish(world, NULL);
}

/* Kolmogorov-Smirnov on two samples of n: the greatest distance of the empirical distributions
 * stays below 1.63 sqrt(2 / n), which chance passes in one case of a hundred. Seeds are fixed. */
static void
test_real_work_takes_the_same_time(void)
{
    static SimTime real[INTERVALS], simulated[INTERVALS];
    size_t i = 0, k = 0, most = 0;

    block_intervals(real, KETTE_POW_REAL);
    block_intervals(simulated, KETTE_POW_SIMULATED);
    while (i < INTERVALS && k < INTERVALS) {
        if (real[i] <= simulated[k])
            i++;
        else
            k++;
        most = MAX(most, i > k ? i - k : k - i);
    }
    /* 1.63 * sqrt(2 / 1500) * 1500 = 89.3 */
    CU_ASSERT_TRUE(most < 89);
    CU_ASSERT_TRUE(most > 0);
}

static void
test_mining_off_stops(void)
{
    Run run;
    uint64_t mined;

    run_init(&run, 2, false, false, KETTE_POW_SIMULATED);
    run_until(&run, 10 * SIM_MIN);
    for (uint32_t i = 0; i < NODES; i++)
        sim_world_set_mining(run.world, i, i == 2);
    mined = sim_world_mined(run.world, 1);
    run_until(&run, 60 * SIM_MIN);
    CU_ASSERT_EQUAL(sim_world_mined(run.world, 1), mined);
    CU_ASSERT_TRUE(sim_world_mined(run.world, 2) > 20); /* a sixth of 300, in 50 minutes */
    run_clear(&run);
}

static bool
stop_at_second(void *user)
{
    return ++*(int *)user < 2;
}

/* A limit or Ctrl-C holds in the middle of a nonce: the poll is asked now and then. */
static void
test_grinding_is_given_up(void)
{
    Run run;
    int calls = 0;

    run_init(&run, 1, false, false, KETTE_POW_REAL);
    sim_engine_set_poll(sim_world_engine(run.world), 0, stop_at_second, &calls);
    CU_ASSERT_EQUAL(sim_world_mine(run.world, 0, 1), KETTE_TOO_HARD);
    CU_ASSERT_EQUAL(calls, 2);
    CU_ASSERT_EQUAL(kette_chain_tip(kette_node_chain(sim_world_node(run.world, 0)))->height, 0);
    run_clear(&run);
}

/* A declared size stands for a block: an answer that has none costs what it takes on the wire. */
static void
test_empty_answer_costs_no_block(void)
{
    SimWorldConfig config = {.seed = 1};
    const SimDistribution megabyte = sim_distribution_constant(1000000);
    const KetteRange unknown = {.last = {{7}}, .count = 1};
    const SimWatcher watcher = {
        .user = (unsigned[KETTE_MSG_COUNT]){0}, .fact = ignore_fact, .message = count_kind};
    g_autoptr(KetteMessage) request = NULL;
    SimWorld *world;
    uint64_t before;

    kette_params_init(&config.params);
    config.params.pow = KETTE_POW_OFF;
    kette_node_config_init(&config.node);
    world = sim_world_new(&config);
    sim_world_add_watcher(world, &watcher);
    sim_world_open(world);
    sim_world_set_block_size(world, &megabyte);
    sim_world_add_node(world, &(SimNodeSpec){.name = "a", .port = 8001});
    sim_world_add_node(world, &(SimNodeSpec){.name = "b", .port = 8002});
    sim_world_connect(world, 0, 1);
    sim_world_start(world);
    sim_engine_run(sim_world_engine(world), SIM_S, 0);
    before = sim_world_bytes(world, 0);
    request = kette_message_sync_request(&unknown);
    kette_node_receive(sim_world_node(world, 0), 0, request, SIM_S);
    sim_engine_run(sim_world_engine(world), 2 * SIM_S, 0);
    CU_ASSERT_EQUAL(((unsigned *)watcher.user)[KETTE_MSG_SYNC_RESPONSE], 1);
    CU_ASSERT_TRUE(sim_world_bytes(world, 0) - before < 1000);
    sim_world_finish(world, NULL);
    sim_world_free(world);
}

TEST_SUITE(world, {"partition and heal", test_partition_and_heal},
           {"same seed, same run", test_same_seed_same_run},
           {"sharing changes nothing", test_sharing_changes_nothing},
           {"relay modes send what they should", test_relay_modes},
           {"a payment is confirmed", test_payment_is_confirmed},
           {"the race has its rate", test_race_has_its_rate},
           {"real work takes the same time", test_real_work_takes_the_same_time},
           {"the race follows the difficulty", test_race_follows_difficulty},
           {"stale blocks are counted", test_stale_blocks_are_counted},
           {"an empty answer costs no block", test_empty_answer_costs_no_block},
           {"mining off stops", test_mining_off_stops},
           {"grinding is given up", test_grinding_is_given_up})
