/* The door of strategies: a selfish miner earns what theory says, one that mines in secret from an
 * old block turns the chain, and what is asked of the door holds in every mode. test_withhold.c has
 * the strategy `withhold`. */
#include "sim/engine/random.h"
#include "sim/world/fault.h"
#include "sim/world/observe.h"
#include "sim/world/tree.h"
#include "sim/world/world.h"
#include "tests/harness/harness.h"
#include "tests/world/stage.h"

#include <stdio.h>

#define BLOCKS 50000 /* of a race that is measured; one a minute */

/* --- selfish mining: Eyal & Sirer, FC 2014, algorithm 1 ----------------------------------- */

/* Eyal & Sirer's equation 8: the share of revenue with hash power a, when no honest miner builds on
 * the selfish block of a race. */
static double
theory(double a)
{
    return (a * (1 - a) * (1 - a) * 4 * a - a * a * a) / (1 - a * (1 + (2 - a) * a));
}

static void
test_selfish(void)
{
    static const unsigned shares[] = {25, 40};

    for (size_t i = 0; i < G_N_ELEMENTS(shares); i++) {
        const uint32_t evil = EVIL;
        const Mode mode = {.pow = KETTE_POW_SIMULATED, .no_polls = true};
        Stage s;
        double earned, due = theory(shares[i] / 100.0);

        stage_init(&s, &mode, shares[i]);
        sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, sim_strategy_find("selfish"), NULL);
        run_until(&s, BLOCKS * 60 * SIM_S);
        earned = (double)sim_world_chain_quality_ppt(s.world, 1, &evil, 1) / 1e12;

        CU_ASSERT_TRUE(earned > due - 0.015);
        CU_ASSERT_TRUE(earned < due + 0.015);
        stage_clear(&s);
    }
}

/* --- a branch in secret ------------------------------------------------------------------- */

typedef struct {
    SimTime due;     /* when it is woken */
    uint64_t public; /* height */
    bool is_secret;
    unsigned made, beside; /* in secret; of them not the node's tip when the next was begun */
    unsigned tips;
} Secret;

static unsigned alive; /* states that were made and not freed */

static void *
secret_begin(SimAgent *agent, const SimStrategyOptions *options)
{
    Secret *s = g_new0(Secret, 1);

    (void)options;
    alive++;
    s->due = sim_agent_now(agent) + 3600 * SIM_S;
    sim_agent_wake(agent, 3600 * SIM_S);
    return s;
}

static void
secret_end(void *state)
{
    alive--;
    g_free(state);
}

static void
secret_wake(SimAgent *agent)
{
    Secret *s = sim_agent_state(agent);
    const KetteEntry *tip = sim_agent_tip(agent);

    CU_ASSERT_EQUAL(sim_agent_now(agent), s->due);
    s->is_secret = true;
    sim_agent_hold(agent, true);
    s->public = tip->height;
    sim_agent_mine_on(agent, kette_entry_ancestor(tip, tip->height - 3));
}

static void
secret_own(SimAgent *agent, const KetteEntry *block)
{
    Secret *s = sim_agent_state(agent);

    if (!s->is_secret)
        return;
    s->made++;
    s->beside += s->made > 1 && block->height <= s->public;
    if (block->height <= s->public) {
        sim_agent_mine_on(agent, block);
        return;
    }
    s->is_secret = false;
    sim_agent_hold(agent, false);
    CU_ASSERT_EQUAL(sim_agent_publish(agent, 0), s->made);
    CU_ASSERT_EQUAL(sim_agent_held(agent), 0);
    sim_agent_mine_on_tip(agent);
}

static void
secret_public(SimAgent *agent, const KetteEntry *block)
{
    Secret *s = sim_agent_state(agent);

    s->public = MAX(s->public, block->height);
}

static void
secret_tip(SimAgent *agent, const KetteEntry *tip)
{
    Secret *s = sim_agent_state(agent);

    CU_ASSERT_PTR_EQUAL(tip, sim_agent_tip(agent));
    s->tips++;
}

static const SimStrategy secret = {
    .name = "secret",
    .begin = secret_begin,
    .end = secret_end,
    .on_own_block = secret_own,
    .on_public_block = secret_public,
    .on_tip = secret_tip,
    .on_wake = secret_wake,
};

/* Plays it, and gives the print of its facts. */
static uint64_t
in_secret(const Mode *mode)
{
    Stage s;
    uint64_t print;
    const Secret *state;

    stage_init(&s, mode, 75);
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, &secret, NULL);
    CU_ASSERT_EQUAL(alive, 1);
    state = sim_agent_state(sim_world_agent(s.world, EVIL));
    run_until(&s, 3600 * SIM_S);
    CU_ASSERT_TRUE(state->is_secret);
    CU_ASSERT_TRUE(sim_world_max_reorg(s.world, 1) <= 1);
    run_until(&s, 3 * 3600 * SIM_S);
    CU_ASSERT_FALSE(state->is_secret);
    CU_ASSERT_TRUE(state->made >= 4);
    CU_ASSERT_TRUE(state->beside >= 2);
    CU_ASSERT_TRUE(state->tips > 20);
    for (uint32_t i = 0; i < NODES; i++)
        CU_ASSERT_TRUE(sim_world_max_reorg(s.world, i) >= 3);
    CU_ASSERT_TRUE(sim_world_same_tip(s.world, all, NODES, 1));
    print = s.print;
    stage_clear(&s);
    CU_ASSERT_EQUAL(alive, 0);
    return print;
}

static void
test_in_secret(void)
{
    uint64_t prints[STAGE_MODES];

    for (size_t i = 0; i < STAGE_MODES; i++)
        prints[i] = in_secret(&stage_modes[i]);
    CU_ASSERT_EQUAL(prints[1], prints[0]);
    CU_ASSERT_EQUAL(prints[2], prints[0]);
}

static void
test_in_secret_with_real_work(void)
{
    (void)in_secret(&(Mode){.pow = KETTE_POW_REAL});
}

/* --- beside the tip, in the open ---------------------------------------------------------- */

/* Builds on the parent of the tip, and hides nothing. */
static void
beside_tip(SimAgent *agent, const KetteEntry *tip)
{
    sim_agent_mine_on(agent, tip->parent);
}

static const SimStrategy beside = {.name = "beside", .on_tip = beside_tip};

/* A block that is not its maker's tip is published all the same. */
static void
test_beside(void)
{
    for (size_t i = 0; i < STAGE_MODES; i++) {
        Mode mode = stage_modes[i];
        uint32_t block;
        Stage s;

        mode.pow = KETTE_POW_OFF;
        stage_init(&s, &mode, 50);
        sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, &beside, NULL);
        run_until(&s, SIM_S);
        CU_ASSERT_EQUAL(sim_world_mine(s.world, 1, 1), KETTE_OK);
        run_until(&s, 60 * SIM_S);
        CU_ASSERT_EQUAL(sim_world_mine(s.world, EVIL, 1), KETTE_OK);
        run_until(&s, 120 * SIM_S);
        block = sim_world_block_count(s.world) - 1;
        CU_ASSERT_EQUAL_FATAL(block, 2);
        CU_ASSERT_EQUAL(sim_world_block_parent(s.world, block), 0);
        for (uint32_t node = 0; node < NODES; node++)
            CU_ASSERT_EQUAL(sim_world_status(s.world, node, block), KETTE_STATUS_SIDE);
        stage_clear(&s);
    }
}

static void
first_from_others(SimAgent *agent, const KetteEntry *block)
{
    if (block->height == 1 && block != sim_agent_tip(agent))
        sim_agent_mine_on(agent, block);
}

static const SimStrategy led_astray = {.name = "led astray", .on_public_block = first_from_others};

/* A block that was never executed may be bad: then nothing can be built on it. */
static void
test_bad_base(void)
{
    const Mode off = {.pow = KETTE_POW_OFF};
    const SimBlockSpec bad = {
        .parent = SIM_BLOCK_NONE, .miner = "nobody", .invalid = KETTE_BAD_REWARD};
    Stage s;

    stage_init(&s, &off, 50);
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, &led_astray, NULL);
    CU_ASSERT_TRUE(sim_world_add_block(s.world, 0, &bad, false));
    run_until(&s, SIM_S);
    CU_ASSERT_EQUAL(sim_world_mine(s.world, 1, 2), KETTE_OK);
    run_until(&s, 60 * SIM_S);
    CU_ASSERT_TRUE(sim_world_deliver(s.world, 0, 1, EVIL));
    run_until(&s, 120 * SIM_S);
    CU_ASSERT_EQUAL(sim_world_named_status(s.world, EVIL, 0), KETTE_STATUS_SIDE);
    CU_ASSERT_EQUAL(sim_world_mine(s.world, EVIL, 1), KETTE_BAD_REWARD);
    CU_ASSERT_EQUAL(sim_world_mine(s.world, EVIL, 1), KETTE_BAD_REWARD);
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, NULL, NULL);
    CU_ASSERT_EQUAL(sim_world_mine(s.world, EVIL, 1), KETTE_OK);
    stage_clear(&s);
}

/* --- what the observer saw ---------------------------------------------------------------- */

/* A node that hears headers and no bodies: the two have a time each. */
static void
test_header_before_body(void)
{
    const Mode off = {.pow = KETTE_POW_OFF};
    const uint32_t evil = EVIL;
    const SimImpairSpec no_bodies = {.kind = SIM_IMPAIR_LOSS,
                                     .ppb = SIM_PPB,
                                     .kinds =
                                         1u << KETTE_MSG_SYNC_RESPONSE | 1u << KETTE_MSG_NEW_BLOCK,
                                     .from = all,
                                     .from_count = NODES,
                                     .to = &evil,
                                     .to_count = 1};
    Stage s;
    uint32_t impair;

    stage_init(&s, &off, 50);
    impair = sim_net_impair(sim_world_net(s.world), &no_bodies);
    run_until(&s, SIM_S);
    CU_ASSERT_EQUAL(sim_world_mine(s.world, 1, 1), KETTE_OK);
    run_until(&s, 300 * SIM_S);
    CU_ASSERT_TRUE(sim_world_header_arrived(s.world, EVIL, 1) > SIM_S);
    CU_ASSERT_EQUAL(sim_world_arrived(s.world, EVIL, 1), -1);
    CU_ASSERT_TRUE(sim_net_impair_end(sim_world_net(s.world), impair));
    run_until(&s, 900 * SIM_S);
    CU_ASSERT_TRUE(sim_world_header_arrived(s.world, EVIL, 1) < 300 * SIM_S);
    CU_ASSERT_TRUE(sim_world_arrived(s.world, EVIL, 1) > 300 * SIM_S);
    stage_clear(&s);
}

/* --- the table, and the life of a strategy ------------------------------------------------ */

static void
test_names(void)
{
    CU_ASSERT_PTR_NOT_NULL(sim_strategy_find("withhold"));
    CU_ASSERT_PTR_NULL(sim_strategy_find("honest"));
    CU_ASSERT_PTR_NULL(sim_strategy_find(""));
    for (size_t i = 0; sim_strategy_get(i) != NULL; i++)
        CU_ASSERT_PTR_EQUAL(sim_strategy_find(sim_strategy_get(i)->name), sim_strategy_get(i));
}

static void *
rest_begin(SimAgent *agent, const SimStrategyOptions *options)
{
    (void)options;
    sim_agent_mine_nothing(agent);
    return NULL;
}

static const SimStrategy rests = {.name = "rests", .begin = rest_begin};

/* One that rests makes nothing but by hand; its end gives the miner back. */
static void
test_rest(void)
{
    Stage s;

    stage_init(&s, &stage_modes[0], 50);
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, &rests, NULL);
    run_until(&s, 20 * 3600 * SIM_S);
    CU_ASSERT_EQUAL(sim_world_mined(s.world, EVIL), 0);
    CU_ASSERT_EQUAL(sim_world_mine(s.world, EVIL, 1), KETTE_OK);
    sim_world_set_mining(s.world, EVIL, false);
    sim_world_set_mining(s.world, EVIL, true);
    run_until(&s, 40 * 3600 * SIM_S);
    CU_ASSERT_EQUAL(sim_world_mined(s.world, EVIL), 1);
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, NULL, NULL);
    run_until(&s, 60 * 3600 * SIM_S);
    CU_ASSERT_TRUE(sim_world_mined(s.world, EVIL) > 20);
    stage_clear(&s);
}

static void
not_asked_for(SimAgent *agent)
{
    (void)agent;
    CU_FAIL("it is woken by the wait of another");
}

static const SimStrategy asleep = {.name = "asleep", .on_wake = not_asked_for};

/* A strategy that another one follows is freed, and what it asked for does not come. */
static void
test_another(void)
{
    Stage s;

    stage_init(&s, &stage_modes[0], 50);
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, NULL, NULL); /* nothing to end */
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, &secret, NULL);
    run_until(&s, 1800 * SIM_S);
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, &secret,
                           NULL); /* woken an hour from here */
    CU_ASSERT_EQUAL(alive, 1);
    run_until(&s, 3601 * SIM_S);
    CU_ASSERT_PTR_EQUAL(sim_world_strategy(s.world, EVIL), &secret);
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, &asleep, NULL);
    CU_ASSERT_EQUAL(alive, 0);
    run_until(&s, 2 * 3600 * SIM_S);
    sim_world_set_strategy(s.world, &(uint32_t){2}, 1, &secret, NULL);
    sim_world_free(s.world);
    CU_ASSERT_EQUAL(alive, 0);
}

/* A node that lost everything builds on its tip: the block that it was to build on is gone. */
static void
test_lost_base(void)
{
    const SimCrash crash = {.wipe = true};
    Stage s;
    const Secret *state;

    stage_init(&s, &stage_modes[0], 75);
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, &secret, NULL);
    state = sim_agent_state(sim_world_agent(s.world, EVIL));
    run_until(&s, 3601 * SIM_S);
    CU_ASSERT_TRUE(state->is_secret);
    sim_world_crash(s.world, EVIL, &crash);
    run_until(&s, 3800 * SIM_S);
    sim_world_restart(s.world, EVIL);
    run_until(&s, 24 * 3600 * SIM_S);
    CU_ASSERT_TRUE(sim_world_mined(s.world, EVIL) > 20);
    stage_clear(&s);
}

/* The same where the header of that block has come back, and its body not yet. */
static void
test_base_without_body(void)
{
    const Mode off = {.pow = KETTE_POW_OFF};
    const SimCrash crash = {.wipe = true};
    const uint32_t evil = EVIL;
    const SimImpairSpec no_bodies = {.kind = SIM_IMPAIR_LOSS,
                                     .ppb = SIM_PPB,
                                     .kinds = 1u << KETTE_MSG_SYNC_RESPONSE,
                                     .from = all,
                                     .from_count = NODES,
                                     .to = &evil,
                                     .to_count = 1};
    uint32_t base;
    Stage s;

    stage_init(&s, &off, 50);
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, &beside, NULL);
    run_until(&s, SIM_S);
    CU_ASSERT_EQUAL(sim_world_mine(s.world, 1, 4), KETTE_OK);
    run_until(&s, 60 * SIM_S);
    base = sim_world_block_parent(s.world, sim_world_tip(s.world, EVIL));
    sim_world_crash(s.world, EVIL, &crash);
    sim_net_impair(sim_world_net(s.world), &no_bodies);
    sim_world_restart(s.world, EVIL);
    run_until(&s, 120 * SIM_S);
    CU_ASSERT_PTR_NOT_NULL(kette_chain_find(kette_node_chain(sim_world_node(s.world, EVIL)),
                                            sim_world_block_hash(s.world, base)));
    CU_ASSERT_EQUAL(sim_world_tip(s.world, EVIL), 0);
    CU_ASSERT_EQUAL(sim_world_mine(s.world, EVIL, 1), KETTE_OK);
    CU_ASSERT_EQUAL(sim_world_block_parent(s.world, sim_world_tip(s.world, EVIL)), 0);
    stage_clear(&s);
}

typedef struct {
    unsigned wakes;
    SimTime woken;
} Sleeper;

static Sleeper sleeper;

static void *
sleep_begin(SimAgent *agent, const SimStrategyOptions *options)
{
    sleeper = (Sleeper){.wakes = 0};

    (void)options;
    sim_agent_wake(agent, 10 * SIM_S);
    sim_agent_wake(agent, 20 * SIM_S);
    return NULL;
}

static void
sleep_wake(SimAgent *agent)
{
    sleeper.wakes++;
    sleeper.woken = sim_agent_now(agent);
}

static const SimStrategy sleeps = {.name = "sleeps", .begin = sleep_begin, .on_wake = sleep_wake};

/* The last wait that was asked for is the one that comes. */
static void
test_wakes(void)
{
    const Mode off = {.pow = KETTE_POW_OFF};
    Stage s;

    stage_init(&s, &off, 50);
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, &sleeps, NULL);
    run_until(&s, 15 * SIM_S);
    CU_ASSERT_EQUAL(sleeper.wakes, 0);
    run_until(&s, 60 * SIM_S);
    CU_ASSERT_EQUAL(sleeper.wakes, 1);
    CU_ASSERT_EQUAL(sleeper.woken, 20 * SIM_S);
    stage_clear(&s);
}

/* --- a pool ------------------------------------------------------------------------------- */

typedef struct {
    unsigned own, public, tips;
} Heard;

static Heard heard;

static void
hear_own(SimAgent *agent, const KetteEntry *block)
{
    CU_ASSERT_PTR_EQUAL(sim_agent_tip(agent), block);
    heard.own++;
}

static void
hear_public(SimAgent *agent, const KetteEntry *block)
{
    CU_ASSERT_PTR_EQUAL(sim_agent_tip(agent), block);
    heard.public ++;
}

static void
hear_tip(SimAgent *agent, const KetteEntry *tip)
{
    CU_ASSERT_TRUE(kette_hash_equal(&sim_agent_tip(agent)->id, &tip->id));
    heard.tips++;
}

static const SimStrategy hears = {
    .name = "hears", .on_own_block = hear_own, .on_public_block = hear_public, .on_tip = hear_tip};

/* A pool is told of a block once, whichever of its members hear of it, and of the tips of its first
 * member that is up. What it is shown is of one tree. */
static void
test_pool(void)
{
    for (size_t i = 0; i < STAGE_MODES; i++) {
        const uint32_t pool[] = {EVIL, 1, 2};
        Mode mode = stage_modes[i];
        Stage s;

        heard = (Heard){.own = 0};
        mode.pow = KETTE_POW_OFF;
        stage_init(&s, &mode, 50);
        sim_world_set_strategy(s.world, pool, 3, &hears, NULL);
        run_until(&s, SIM_S);
        CU_ASSERT_EQUAL(sim_world_mine(s.world, 2, 1), KETTE_OK);
        run_until(&s, 10 * SIM_S);
        CU_ASSERT_EQUAL(sim_world_mine(s.world, 3, 1), KETTE_OK);
        run_until(&s, 20 * SIM_S);
        CU_ASSERT_TRUE(sim_world_pause(s.world, EVIL) != SIM_FAULT_NONE);
        CU_ASSERT_EQUAL(sim_world_mine(s.world, 4, 1), KETTE_OK);
        run_until(&s, 30 * SIM_S);
        CU_ASSERT_EQUAL(heard.own, 1);
        CU_ASSERT_EQUAL(heard.public, 2);
        CU_ASSERT_EQUAL(heard.tips, 3);
        stage_clear(&s);
    }
}

TEST_SUITE(strategy, {"selfish mining earns what theory says", test_selfish},
           {"a branch in secret", test_in_secret},
           {"a branch in secret, with real work", test_in_secret_with_real_work},
           {"beside the tip, in the open", test_beside}, {"a bad base", test_bad_base},
           {"a header before its body", test_header_before_body}, {"names", test_names},
           {"a miner that rests", test_rest}, {"one after another", test_another},
           {"a lost base", test_lost_base}, {"a base without a body", test_base_without_body},
           {"wakes", test_wakes}, {"a pool", test_pool})
