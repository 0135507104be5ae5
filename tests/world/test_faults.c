/* Notes of faults: what begins belongs to the next note, and one has ended when all of it has. */
#include "sim/world/fault.h"
#include "sim/world/tree.h"
#include "sim/world/world.h"
#include "tests/harness/harness.h"

typedef struct {
    SimWorld *world;
    GString *told; /* "number kind begins >ended … @node …;" */
    unsigned facts;
} Stage;

static void
on_fact(void *user, const SimFact *fact)
{
    ((Stage *)user)->facts += fact->kind == SIM_FACT_FAULT;
}

static void
on_fault(void *user, const SimFaultNote *note)
{
    GString *told = ((Stage *)user)->told;

    g_string_append_printf(told, "%u %s %d", note->number, note->kind, note->begins);
    for (size_t i = 0; i < note->ended_count; i++)
        g_string_append_printf(told, " >%u", note->ended[i]);
    for (size_t i = 0; i < note->node_count; i++)
        g_string_append_printf(told, " @%u", note->nodes[i].node);
    g_string_append_c(told, ';');
}

static void
stage_init(Stage *stage)
{
    static const char *const names[] = {"a", "b", "c"};
    SimWorldConfig config = {.seed = 1, .keep_records = true};

    kette_params_init(&config.params);
    config.params.pow = KETTE_POW_OFF;
    kette_node_config_init(&config.node);
    *stage = (Stage){.world = sim_world_new(&config), .told = g_string_new(NULL)};
    sim_world_open(stage->world);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        sim_world_add_node(stage->world, &(SimNodeSpec){.name = names[i], .miner = true});
    sim_world_connect(stage->world, 0, 1);
    sim_world_connect(stage->world, 1, 2);
    sim_world_add_watcher(stage->world,
                          &(SimWatcher){.user = stage, .fact = on_fact, .fault = on_fault});
    sim_world_start(stage->world);
    sim_engine_run(sim_world_engine(stage->world), SIM_S, 0);
}

static void
stage_clear(Stage *stage)
{
    sim_world_finish(stage->world, NULL);
    sim_world_free(stage->world);
    g_string_free(stage->told, TRUE);
}

static void
test_parts_of_a_note(void)
{
    Stage s;
    SimFaultId second;

    stage_init(&s);
    sim_world_pause(s.world, 2);
    second = sim_world_pause(s.world, 0);
    sim_world_note_fault(s.world, "pause", "pause c and a");
    sim_world_resume(s.world, 2);
    sim_world_note_fault(s.world, "resume", "resume c");
    CU_ASSERT_TRUE(sim_world_undo(s.world, second));
    sim_world_note_fault(s.world, "end", "the rest");
    TEST_STR_EQUAL(s.told->str, "1 pause 1 @0 @2;2 resume 0 @2;3 end 0 >1 @0;");
    CU_ASSERT_EQUAL(s.facts, 3);
    stage_clear(&s);
}

static void
test_one_begins_as_another_ends(void)
{
    const SimCrash crash = {.wipe = false};
    Stage s;

    stage_init(&s);
    sim_world_pause(s.world, 1);
    sim_world_note_fault(s.world, "pause", "");
    sim_world_crash(s.world, 1, &crash);
    sim_world_leave(s.world, 1);
    sim_world_note_fault(s.world, "both", "");
    sim_world_join(s.world, 1);
    sim_world_note_fault(s.world, "join", "");
    sim_world_restart(s.world, 1);
    sim_world_note_fault(s.world, "restart", "");
    TEST_STR_EQUAL(s.told->str, "1 pause 1 @1;2 both 1 >1 @1;3 join 0 @1;4 restart 0 >2 @1;");
    stage_clear(&s);
}

/* Where nothing has changed nobody is told; where something has, the note is no fact. */
static void
test_changes(void)
{
    Stage s;
    uint32_t edge;

    stage_init(&s);
    edge = sim_net_find_edge(sim_world_net(s.world), 0, 1);
    sim_world_note_change(s.world, "nothing", "");
    sim_world_set_clock(s.world, 0, SIM_S);
    sim_world_note_change(s.world, "clock", ""); /* and whom it was done to is forgotten */
    sim_world_cut(s.world, &edge, 1);
    sim_world_note_change(s.world, "cut", "");
    sim_world_reconnect(s.world, 0, 1);
    sim_world_note_change(s.world, "reconnect", "");
    sim_world_pause(s.world, 0);
    sim_world_resume(s.world, 0);
    sim_world_note_change(s.world, "both at once", "");
    TEST_STR_EQUAL(s.told->str, "1 cut 1 @0 @1;2 reconnect 0 >1;");
    CU_ASSERT_EQUAL(s.facts, 0);
    stage_clear(&s);
}

static void
test_cuts_of_the_network(void)
{
    const uint32_t a[] = {0}, b[] = {1, 2};
    Stage s;
    SimFaultId first;
    SimNet *net;

    stage_init(&s);
    net = sim_world_net(s.world);
    CU_ASSERT_FALSE(sim_world_heal_net(s.world));
    first = sim_world_name_cut(s.world, sim_net_oneway(net, &(SimCutSpec){0}, a, 1, b, 2));
    sim_world_note_nodes(s.world, b, 2);
    sim_world_note_nodes(s.world, a, 1);
    sim_world_note_fault(s.world, "oneway", "");
    sim_world_name_cut(s.world, sim_net_oneway(net, &(SimCutSpec){0}, b, 2, a, 1));
    sim_world_note_fault(s.world, "oneway", "");
    CU_ASSERT_TRUE(sim_world_undo(s.world, first));
    CU_ASSERT_FALSE(sim_net_separated(net, 0, 1));
    CU_ASSERT_TRUE(sim_net_separated(net, 1, 0));
    sim_world_note_fault(s.world, "heal", "");
    CU_ASSERT_TRUE(sim_world_heal_net(s.world));
    CU_ASSERT_FALSE(sim_net_separated(net, 1, 0));
    sim_world_note_fault(s.world, "heal", "");
    CU_ASSERT_FALSE(sim_world_undo(s.world, first));
    TEST_STR_EQUAL(s.told->str, "1 oneway 1 @0 @1 @2;2 oneway 1;3 heal 0 >1;4 heal 0 >2;");
    stage_clear(&s);
}

TEST_SUITE(faults, {"parts of a note", test_parts_of_a_note},
           {"one begins as another ends", test_one_begins_as_another_ends},
           {"changes", test_changes}, {"cuts of the network", test_cuts_of_the_network})
