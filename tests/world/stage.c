/* See stage.h. */
#include "tests/world/stage.h"

#include "sim/engine/random.h"
#include "tests/harness/harness.h"

#include <stdio.h>
#include <string.h>

const Mode stage_modes[STAGE_MODES] = {
    {.pow = KETTE_POW_SIMULATED},
    {.pow = KETTE_POW_SIMULATED, .isolate = true},
    {.pow = KETTE_POW_SIMULATED, .wire = true},
    {.pow = KETTE_POW_SIMULATED, .relay = KETTE_RELAY_INVENTORY},
    {.pow = KETTE_POW_SIMULATED, .relay = KETTE_RELAY_COMPACT},
};

const uint32_t all[NODES] = {0, 1, 2, 3, 4};

static void
on_fact(void *user, const SimFact *fact)
{
    Stage *stage = user;
    uint64_t head = 0;

    if (fact->hash != NULL)
        memcpy(&head, fact->hash, sizeof head);
    stage->orphans += fact->kind == SIM_FACT_ORPHAN;
    stage->print = sim_key_combine(stage->print, (uint64_t)fact->time + fact->kind);
    stage->print = sim_key_combine(stage->print, head + fact->node);
}

void
stage_init(Stage *stage, const Mode *mode, unsigned share)
{
    SimWorldConfig config = {
        .seed = 3, .isolate = mode->isolate, .wire = mode->wire, .keep_records = true};
    SimLinkSpec link = sim_link_spec_default();

    *stage = (Stage){.world = NULL};
    kette_params_init(&config.params);
    config.params.pow = mode->pow;
    config.params.fork_choice = mode->ghost ? KETTE_FORK_GHOST : KETTE_FORK_MOST_WORK;
    config.params.genesis_bits = 0x1f3fffff; /* 1024 tries a block */
    config.params.spacing_ns = 60 * SIM_S;
    kette_node_config_init(&config.node);
    config.node.sync_ns = mode->no_polls ? 0 : config.node.sync_ns;
    config.node.ack = !mode->no_polls;
    config.node.keepalive_ns = mode->no_polls ? 0 : config.node.keepalive_ns;
    config.node.relay = mode->relay;
    stage->world = sim_world_new(&config);
    sim_world_open(stage->world);
    for (unsigned i = 0; i < NODES; i++) {
        char name[8];
        const SimNodeSpec spec = {.name = name,
                                  .miner = true,
                                  .share_num = i == EVIL ? share : 100 - share,
                                  .share_den = i == EVIL ? 100 : 100 * (NODES - 1),
                                  .relay = mode->relay};

        snprintf(name, sizeof name, "n%u", i);
        sim_world_add_node(stage->world, &spec);
    }
    for (uint32_t a = 0; a < NODES; a++) {
        for (uint32_t b = a + 1; b < NODES; b++)
            sim_world_connect(stage->world, a, b);
    }
    link.latency = sim_distribution_constant(10 * SIM_MS);
    for (uint32_t e = 0; e < sim_net_edge_count(sim_world_net(stage->world)); e++)
        sim_net_set_link(sim_world_net(stage->world), e, &link);
    sim_world_add_watcher(stage->world, &(SimWatcher){.user = stage, .fact = on_fact});
    sim_world_start(stage->world);
}

void
run_until(Stage *stage, SimTime at)
{
    sim_engine_run(sim_world_engine(stage->world), at, 0);
}

void
stage_clear(Stage *stage)
{
    g_autoptr(GString) report = g_string_new(NULL);

    for (uint32_t i = 0; i < NODES; i++) {
        const char *wrong = kette_node_audit(sim_world_node(stage->world, i));

        TEST_STR_EQUAL(wrong ? wrong : "ok", "ok");
    }
    CU_ASSERT_TRUE(sim_world_finish(stage->world, report));
    TEST_STR_EQUAL(report->str, "");
    sim_world_free(stage->world);
}
