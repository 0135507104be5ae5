/* The strategy `withhold`: what is held is shown to nobody until it is released. */
#include "sim/world/tree.h"
#include "tests/harness/harness.h"
#include "tests/world/stage.h"

typedef struct {
    Stage stage;
    unsigned seen, released;
    unsigned withheld_told, released_told;
} Release;

static void
release_what_is_found(void *user, const SimFact *fact)
{
    Release *release = user;

    release->withheld_told += fact->kind == SIM_FACT_WITHHELD;
    if (fact->kind == SIM_FACT_RELEASED) {
        release->released_told++;
        CU_ASSERT_EQUAL(release->withheld_told, release->released_told); /* in this order */
    }
    if (fact->kind != SIM_FACT_BLOCK || fact->node != EVIL)
        return;
    release->seen += sim_world_withheld(release->stage.world, EVIL) == 1;
    release->released += sim_world_release(release->stage.world, EVIL, 0);
}

/* Whoever is told of a block may release it at once. */
static void
test_release_from_a_watcher(void)
{
    for (size_t i = 0; i < STAGE_MODES; i++) {
        Mode mode = stage_modes[i];
        Release r = {.seen = 0};

        mode.pow = KETTE_POW_OFF;
        stage_init(&r.stage, &mode, 50);
        sim_world_add_watcher(r.stage.world,
                              &(SimWatcher){.user = &r, .fact = release_what_is_found});
        sim_world_set_strategy(r.stage.world, &(uint32_t){EVIL}, 1, sim_strategy_find("withhold"),
                               NULL);
        run_until(&r.stage, SIM_S);
        CU_ASSERT_EQUAL(sim_world_mine(r.stage.world, EVIL, 3), KETTE_OK);
        CU_ASSERT_EQUAL(r.seen, 3);
        CU_ASSERT_EQUAL(r.released, 3);
        CU_ASSERT_EQUAL(r.withheld_told, 3);
        CU_ASSERT_EQUAL(r.released_told, 3);
        CU_ASSERT_EQUAL(sim_world_withheld(r.stage.world, EVIL), 0);
        run_until(&r.stage, 60 * SIM_S);
        CU_ASSERT_TRUE(sim_world_same_tip(r.stage.world, all, NODES, 0));
        CU_ASSERT_EQUAL(sim_world_block_height(r.stage.world, sim_world_tip(r.stage.world, 1)), 3);
        stage_clear(&r.stage);
    }
}

/* What is held stays held when the strategy ends, and while the node is down. */
static void
test_held_stays_held(void)
{
    const Mode off = {.pow = KETTE_POW_OFF};
    const SimCrash crash = {.wipe = false};
    Stage s;

    stage_init(&s, &off, 50);
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, sim_strategy_find("withhold"), NULL);
    run_until(&s, SIM_S);
    CU_ASSERT_EQUAL(sim_world_mine(s.world, EVIL, 2), KETTE_OK);
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, NULL, NULL);
    CU_ASSERT_PTR_NULL(sim_world_strategy(s.world, EVIL));
    CU_ASSERT_EQUAL(sim_world_withheld(s.world, EVIL), 2);
    run_until(&s, 60 * SIM_S);
    CU_ASSERT_EQUAL(sim_world_tip(s.world, 1), 0);
    sim_world_crash(s.world, EVIL, &crash);
    sim_world_restart(s.world, EVIL);
    run_until(&s, 120 * SIM_S);
    CU_ASSERT_EQUAL(sim_world_tip(s.world, 1), 0);
    CU_ASSERT_EQUAL(sim_world_release(s.world, EVIL, 0), 2);
    CU_ASSERT_EQUAL(sim_world_release(s.world, EVIL, 0), 0);
    run_until(&s, 180 * SIM_S);
    CU_ASSERT_TRUE(sim_world_same_tip(s.world, all, NODES, 0));
    CU_ASSERT_EQUAL(s.orphans, 0); /* the oldest first */
    stage_clear(&s);
}

typedef struct {
    Stage stage;
    unsigned greetings, questions, traces;
} Listener;

/* The genesis block is 0; all others are the withholder's. */
static bool
is_held(const Listener *listener, const KetteHash *id)
{
    for (uint32_t block = 1; block < sim_world_block_count(listener->stage.world); block++) {
        if (kette_hash_equal(sim_world_block_hash(listener->stage.world, block), id))
            return true;
    }
    return false;
}

static void
ignore_fact(void *user, const SimFact *fact)
{
    (void)user;
    (void)fact;
}

static void
listen_to(void *user, const SimPacket *packet, SimFate fate)
{
    Listener *listener = user;
    const KetteMessage *message = packet->payload;

    (void)fate;
    if (packet->src != EVIL || sim_world_withheld(listener->stage.world, EVIL) == 0)
        return;
    if (message->kind == KETTE_MSG_HANDSHAKE) {
        listener->greetings++;
        listener->traces += is_held(listener, &message->handshake.tip);
        listener->traces += message->handshake.height > 0;
    } else if (message->kind == KETTE_MSG_REQUEST_CHAIN) {
        listener->questions++;
        for (uint16_t i = 0; i < message->locator.count; i++)
            listener->traces += is_held(listener, &message->locator.hashes[i]);
    }
}

/* Neither what a node says of its tip nor what it asks for names a block that is held. */
static void
test_no_trace(void)
{
    for (int ghost = 0; ghost < 2; ghost++) {
        const Mode off = {.pow = KETTE_POW_OFF, .ghost = ghost == 1};
        Listener l = {.traces = 0};

        stage_init(&l.stage, &off, 50);
        sim_world_add_watcher(l.stage.world,
                              &(SimWatcher){.user = &l, .fact = ignore_fact, .message = listen_to});
        sim_world_set_strategy(l.stage.world, &(uint32_t){EVIL}, 1, sim_strategy_find("withhold"),
                               NULL);
        run_until(&l.stage, SIM_S);
        CU_ASSERT_EQUAL(sim_world_mine(l.stage.world, EVIL, 2), KETTE_OK);
        sim_world_reconnect(l.stage.world, 1, EVIL);
        run_until(&l.stage, 600 * SIM_S);
        CU_ASSERT_TRUE(l.greetings > 0);
        CU_ASSERT_TRUE(l.questions > 0);
        CU_ASSERT_EQUAL(l.traces, 0);
        CU_ASSERT_EQUAL(sim_world_release(l.stage.world, EVIL, 0), 2);
        run_until(&l.stage, 660 * SIM_S);
        CU_ASSERT_TRUE(sim_world_same_tip(l.stage.world, all, NODES, 0));
        stage_clear(&l.stage);
    }
}

/* A victim of an eclipse is shown no more than others are; and a block is published to those that a
 * connection stands to. */
static void
test_held_in_an_eclipse(void)
{
    const Mode off = {.pow = KETTE_POW_OFF};
    const uint32_t by = EVIL, other = 3;
    uint64_t sent;
    Stage s;

    stage_init(&s, &off, 50);
    sim_world_set_strategy(s.world, &(uint32_t){EVIL}, 1, sim_strategy_find("withhold"), NULL);
    run_until(&s, SIM_S);
    sim_world_eclipse(s.world, 1, &by, 1);
    CU_ASSERT_EQUAL(sim_world_mine(s.world, EVIL, 1), KETTE_OK);
    sim_world_reconnect(s.world, 1, EVIL);
    run_until(&s, 600 * SIM_S);
    CU_ASSERT_EQUAL(sim_world_tip(s.world, 1), 0);
    sim_world_eclipse(s.world, 2, &other, 1);
    sent = sim_world_messages(s.world, KETTE_MSG_NEW_BLOCK);
    CU_ASSERT_EQUAL(sim_world_release(s.world, EVIL, 0), 1);
    CU_ASSERT_EQUAL(sim_world_messages(s.world, KETTE_MSG_NEW_BLOCK), sent + 3);
    run_until(&s, 660 * SIM_S);
    CU_ASSERT_EQUAL(sim_world_tip(s.world, 1), 1);
    stage_clear(&s);
}

TEST_SUITE(withhold, {"release from a watcher", test_release_from_a_watcher},
           {"held stays held", test_held_stays_held}, {"no trace", test_no_trace},
           {"held in an eclipse", test_held_in_an_eclipse})
