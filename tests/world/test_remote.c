/* Shadows of nodes that run elsewhere: they follow what is told, do nothing of their own, and pass
 * on what the scenario does. The nodes elsewhere are those of a second world. */
#include "sim/world/fault.h"
#include "sim/world/load.h"
#include "sim/world/observe.h"
#include "sim/world/world_impl.h"
#include "tests/harness/harness.h"

#define NODES 2

typedef struct {
    SimRemote remote;
    SimWorld *world; /* of the shadows */
    SimWorld *home;  /* of the nodes */
    GString *calls;  /* "start 0\nkill 1\n…" */
    bool answers;
    KetteVerdict submit_verdict;
    unsigned blocks, messages; /* facts of new blocks, messages */
} Elsewhere;

/* Returns what has been called since the last time, to be freed. */
static char *
calls(Elsewhere *e)
{
    char *text = g_strdup(e->calls->str);

    g_string_set_size(e->calls, 0);
    return text;
}

#define TEST_CALLS(e, text)                                                                        \
    do {                                                                                           \
        g_autofree char *called = calls(e);                                                        \
        TEST_STR_EQUAL(called, text);                                                              \
    } while (0)

static KetteBlock *
tip_at_home(const Elsewhere *e, uint32_t node)
{
    return kette_chain_tip(kette_node_chain(sim_world_node(e->home, node)))->block;
}

static KetteBlock *
first_block(const Elsewhere *e)
{
    return kette_store_entry(sim_world_host(e->home, 0)->store, 1)->block;
}

/* --- orders ------------------------------------------------------------------------------- */

static void
on_start(void *user, uint32_t node)
{
    g_string_append_printf(((Elsewhere *)user)->calls, "start %u\n", node);
}

static bool
on_answers(void *user, uint32_t node)
{
    (void)node;
    return ((Elsewhere *)user)->answers;
}

static void
on_kill(void *user, uint32_t node, bool wipe)
{
    g_string_append_printf(((Elsewhere *)user)->calls, "kill %u%s\n", node, wipe ? " wipe" : "");
}

static GByteArray *
on_read_log(void *user, uint32_t node)
{
    const GByteArray *log = sim_world_host(((Elsewhere *)user)->home, node)->log;
    GByteArray *copy = g_byte_array_new();

    g_byte_array_append(copy, log->data, log->len);
    return copy;
}

static void
on_pause(void *user, uint32_t node, bool paused)
{
    g_string_append_printf(((Elsewhere *)user)->calls, "%s %u\n", paused ? "pause" : "resume",
                           node);
}

static void
on_set_share(void *user, uint32_t node, uint64_t num, uint64_t den)
{
    g_string_append_printf(((Elsewhere *)user)->calls, "share %u %u/%u\n", node, (unsigned)num,
                           (unsigned)den);
}

static void
on_set_clock(void *user, uint32_t node, SimTime offset)
{
    g_string_append_printf(((Elsewhere *)user)->calls, "clock %u %ds\n", node,
                           (int)(offset / SIM_S));
}

static const char *
tell_body(Elsewhere *e, uint32_t node, uint32_t from, KetteBlock *block)
{
    return sim_remote_told(
        e->world,
        &(SimTold){
            .kind = KETTE_NOTE_BODY, .node = node, .from = from, .id = block->id, .block = block});
}

static const char *
tell_tip(Elsewhere *e, uint32_t node, const KetteBlock *block)
{
    return sim_remote_told(
        e->world,
        &(SimTold){.kind = KETTE_NOTE_TIP, .node = node, .from = SIM_NODE_NONE, .id = block->id});
}

static KetteVerdict
on_mine(void *user, uint32_t node)
{
    Elsewhere *e = user;
    KetteVerdict verdict = sim_world_mine(e->home, node, 1);

    CU_ASSERT_PTR_NULL(tell_body(e, node, SIM_NODE_NONE, tip_at_home(e, node)));
    CU_ASSERT_PTR_NULL(tell_tip(e, node, tip_at_home(e, node)));
    return verdict;
}

static KetteVerdict
on_submit(void *user, uint32_t node, KetteTx *tx)
{
    Elsewhere *e = user;

    g_string_append_printf(e->calls, "submit %u\n", node);
    if (e->submit_verdict == KETTE_OK) {
        CU_ASSERT_PTR_NULL(sim_remote_told(e->world, &(SimTold){.kind = KETTE_NOTE_TX_ACCEPTED,
                                                                .node = node,
                                                                .from = SIM_NODE_NONE,
                                                                .id = tx->id,
                                                                .tx = tx}));
    }
    return e->submit_verdict;
}

/* --- worlds ------------------------------------------------------------------------------- */

static void
on_fact(void *user, const SimFact *fact)
{
    ((Elsewhere *)user)->blocks += fact->kind == SIM_FACT_BLOCK;
}

static void
on_message(void *user, const SimPacket *packet, SimFate fate)
{
    (void)packet, (void)fate;
    ((Elsewhere *)user)->messages++;
}

static SimWorld *
make_world(const SimRemote *remote)
{
    SimWorldConfig config = {.seed = 3, .keep_records = true, .remote = remote};
    SimWorld *world;

    kette_params_init(&config.params);
    config.params.pow = KETTE_POW_SIMULATED;
    kette_node_config_init(&config.node);
    world = sim_world_new(&config);
    sim_world_add_wallet(world, "carol", 1000);
    sim_world_add_wallet(world, "alice", 0);
    sim_world_open(world);
    sim_world_add_node(
        world,
        &(SimNodeSpec){.name = "n0", .miner = true, .share_num = 1, .share_den = 4, .port = 8001});
    sim_world_add_node(world, &(SimNodeSpec){.name = "n1", .port = 8002});
    sim_world_connect(world, 0, 1);
    return world;
}

static void
elsewhere_init(Elsewhere *e)
{
    *e = (Elsewhere){.calls = g_string_new(NULL), .answers = true};
    e->remote = (SimRemote){
        .user = e,
        .start = on_start,
        .answers = on_answers,
        .kill = on_kill,
        .read_log = on_read_log,
        .pause = on_pause,
        .set_share = on_set_share,
        .set_clock = on_set_clock,
        .mine = on_mine,
        .submit = on_submit,
    };
    e->home = make_world(NULL);
    sim_world_start(e->home);
    e->world = make_world(&e->remote);
    sim_world_add_tx(e->world, &(SimTxSpec){"pay", 0, 1, 9, 0, 0});
    sim_world_add_watcher(e->world,
                          &(SimWatcher){.user = e, .fact = on_fact, .message = on_message});
}

static void
elsewhere_clear(Elsewhere *e)
{
    sim_world_free(e->world);
    sim_world_free(e->home);
    g_string_free(e->calls, TRUE);
}

static uint64_t
height_of(const Elsewhere *e, uint32_t node)
{
    return sim_world_block_height(e->world, sim_world_tip(e->world, node));
}

static void
run_to(Elsewhere *e, SimTime at)
{
    SimEngine *engine = sim_world_engine(e->world);

    sim_engine_run(engine, at, 0);
    if (sim_engine_now(engine) < at)
        sim_engine_advance(engine, at);
}

/* --- tests -------------------------------------------------------------------------------- */

static void
follows_what_is_told(void)
{
    Elsewhere e;

    elsewhere_init(&e);
    sim_world_start(e.world);
    run_to(&e, SIM_S);
    CU_ASSERT_EQUAL(sim_world_mine(e.world, 0, 2), KETTE_OK);
    CU_ASSERT_EQUAL(height_of(&e, 0), 2);
    CU_ASSERT_EQUAL(height_of(&e, 1), 0);
    CU_ASSERT_EQUAL(e.blocks, 2);
    CU_ASSERT_EQUAL(sim_world_mined(e.world, 0), 2);
    run_to(&e, 3 * SIM_S);
    CU_ASSERT_PTR_NULL(tell_body(&e, 1, 0, first_block(&e)));
    CU_ASSERT_EQUAL(height_of(&e, 1), 1);
    CU_ASSERT_EQUAL(sim_world_arrived(e.world, 1, 1), 3 * SIM_S);
    CU_ASSERT_EQUAL(e.blocks, 2);
    /* A process that says it stands where its blocks do not lead. */
    TEST_STR_EQUAL(tell_tip(&e, 1, tip_at_home(&e, 0)), SIM_REMOTE_OTHER_TIP);
    CU_ASSERT_PTR_NULL(tell_body(&e, 1, 0, tip_at_home(&e, 0)));
    CU_ASSERT_PTR_NULL(tell_tip(&e, 1, tip_at_home(&e, 0)));
    CU_ASSERT(sim_world_same_tip(e.world, (const uint32_t[]){0, 1}, 2, 0));
    elsewhere_clear(&e);
}

static void
says_what_it_refuses(void)
{
    Elsewhere e;

    elsewhere_init(&e);
    sim_world_start(e.world);
    CU_ASSERT_EQUAL(sim_world_mine(e.home, 0, 2), KETTE_OK);
    TEST_STR_EQUAL(tell_body(&e, 1, 0, tip_at_home(&e, 0)),
                   "accepted a block that this program refuses");
    CU_ASSERT_EQUAL(height_of(&e, 1), 0);
    elsewhere_clear(&e);
}

/* The shadows have hash power, polls and connections, and make nothing of them. */
static void
does_nothing_of_its_own(void)
{
    Elsewhere e;

    elsewhere_init(&e);
    sim_world_start(e.world);
    TEST_CALLS(&e, "start 0\nstart 1\nshare 0 1/4\nshare 1 0/1\n");
    run_to(&e, 100000 * SIM_S);
    CU_ASSERT_EQUAL(e.blocks, 0);
    CU_ASSERT_EQUAL(e.messages, 0);
    CU_ASSERT_EQUAL(sim_world_messages(e.world, KETTE_MSG_HANDSHAKE), 0);
    sim_remote_sent(e.world, KETTE_MSG_HANDSHAKE, 3);
    sim_remote_sent(e.world, KETTE_MSG_HANDSHAKE, 4);
    sim_remote_sent_bytes(e.world, 1, 200);
    sim_remote_sent_bytes(e.world, 1, 300);
    CU_ASSERT_EQUAL(sim_world_messages(e.world, KETTE_MSG_HANDSHAKE), 7);
    CU_ASSERT_EQUAL(sim_world_bytes(e.world, 1), 500);
    CU_ASSERT_EQUAL(sim_world_bytes(e.world, 0), 0);
    elsewhere_clear(&e);
}

static void
payments_go_to_the_process(void)
{
    Elsewhere e;

    elsewhere_init(&e);
    sim_world_start(e.world);
    TEST_CALLS(&e, "start 0\nstart 1\nshare 0 1/4\nshare 1 0/1\n");
    e.submit_verdict = KETTE_INSUFFICIENT_FUNDS;
    CU_ASSERT_EQUAL(sim_world_submit(e.world, 0, 1), KETTE_INSUFFICIENT_FUNDS);
    CU_ASSERT_FALSE(sim_world_in_mempool(e.world, 1, 0));
    e.submit_verdict = KETTE_OK;
    CU_ASSERT_EQUAL(sim_world_submit(e.world, 0, 1), KETTE_OK);
    TEST_CALLS(&e, "submit 1\nsubmit 1\n");
    CU_ASSERT(sim_world_in_mempool(e.world, 1, 0));
    CU_ASSERT_FALSE(sim_world_in_mempool(e.world, 0, 0));
    elsewhere_clear(&e);
}

/* A load asks no process that does not answer yet. */
static void
load_waits_for_an_answer(void)
{
    const uint32_t nodes[] = {1};
    Elsewhere e;

    elsewhere_init(&e);
    sim_world_add_load(e.world, &(SimLoadSpec){.gap = SIM_S,
                                               .from = 0,
                                               .to = 1,
                                               .amount_low = 1,
                                               .amount_high = 1,
                                               .nodes = nodes,
                                               .node_count = 1});
    sim_world_start(e.world);
    g_string_set_size(e.calls, 0);
    e.answers = false;
    run_to(&e, 60 * SIM_S);
    TEST_CALLS(&e, "");
    e.answers = true;
    run_to(&e, 120 * SIM_S);
    CU_ASSERT(strstr(e.calls->str, "submit 1\n") != NULL);
    elsewhere_clear(&e);
}

static void
faults_go_to_the_process(void)
{
    Elsewhere e;

    elsewhere_init(&e);
    sim_world_start(e.world);
    g_string_set_size(e.calls, 0);
    CU_ASSERT(sim_world_pause(e.world, 0) != SIM_FAULT_NONE);
    CU_ASSERT(sim_world_resume(e.world, 0));
    TEST_CALLS(&e, "pause 0\nshare 0 1/4\nresume 0\nshare 0 1/4\n");
    sim_world_set_clock(e.world, 1, 5 * SIM_S);
    sim_world_set_mining(e.world, 0, false);
    sim_world_set_mining(e.world, 0, true);
    sim_world_set_share(e.world, 0, 1, 2);
    TEST_CALLS(&e, "clock 1 5s\nshare 0 0/4\nshare 0 1/4\nshare 0 1/4\nshare 0 1/2\n");
    elsewhere_clear(&e);
}

/* After a kill the shadow knows the blocks that the process had saved and not told yet. */
static void
crash_reads_what_was_saved(void)
{
    Elsewhere e;

    elsewhere_init(&e);
    sim_world_start(e.world);
    CU_ASSERT_EQUAL(sim_world_mine(e.world, 0, 1), KETTE_OK);
    CU_ASSERT_EQUAL(sim_world_mine(e.home, 0, 2), KETTE_OK); /* and not told */
    g_string_set_size(e.calls, 0);
    run_to(&e, 7 * SIM_S);
    CU_ASSERT(sim_world_crash(e.world, 0, &(SimCrash){.wipe = false}) != SIM_FAULT_NONE);
    CU_ASSERT_EQUAL(strncmp(e.calls->str, "kill 0\n", 7), 0);
    CU_ASSERT_EQUAL(height_of(&e, 0), 3);
    CU_ASSERT_EQUAL(e.blocks, 3);
    CU_ASSERT_EQUAL(sim_world_arrived(e.world, 0, 3), 7 * SIM_S);
    g_string_set_size(e.calls, 0);
    sim_world_restart(e.world, 0);
    CU_ASSERT(strstr(e.calls->str, "start 0\n") != NULL);
    CU_ASSERT_EQUAL(height_of(&e, 0), 3);
    g_string_set_size(e.calls, 0);
    CU_ASSERT(sim_world_crash(e.world, 0, &(SimCrash){.wipe = true}) != SIM_FAULT_NONE);
    CU_ASSERT_EQUAL(strncmp(e.calls->str, "kill 0 wipe\n", 12), 0);
    elsewhere_clear(&e);
}

TEST_SUITE(remote, {"follows_what_is_told", follows_what_is_told},
           {"says_what_it_refuses", says_what_it_refuses},
           {"does_nothing_of_its_own", does_nothing_of_its_own},
           {"payments_go_to_the_process", payments_go_to_the_process},
           {"load_waits_for_an_answer", load_waits_for_an_answer},
           {"faults_go_to_the_process", faults_go_to_the_process},
           {"crash_reads_what_was_saved", crash_reads_what_was_saved})
