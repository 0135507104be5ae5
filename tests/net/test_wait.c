/* Messages that wait: cuts that hold or slow, paused nodes, and that order survives all of it. */
#include "sim/net/net.h"
#include "sim/net/net_private.h"
#include "tests/harness/harness.h"
#include "tests/net/world.h"

static const uint32_t a[] = {0}, b[] = {1};
static const SimCutSpec drop = {SIM_CUT_DROP, 0};
static const SimCutSpec hold = {SIM_CUT_HOLD, 0};
static const SimCutSpec slow = {SIM_CUT_SLOW, 5 * SIM_S};

/* Two nodes, 50 ms apart. */
static uint32_t
begin(NetWorld *w)
{
    net_world_init(w, 1, "ab");
    return net_world_edge(w, 0, 1);
}

/* A cut between the first two nodes. */
static uint32_t
cut_apart(NetWorld *w, const SimCutSpec *spec)
{
    const uint32_t *const groups[] = {a, b};
    const size_t sizes[] = {1, 1};

    return sim_net_partition(w->net, spec, 2, groups, sizes);
}

static void
set_latency(NetWorld *w, uint32_t edge, SimTime latency)
{
    SimLinkSpec spec = sim_link_spec_default();

    spec.latency = sim_distribution_constant(latency);
    sim_net_set_link(w->net, edge, &spec);
}

static void
check_delivered(const NetWorld *w, guint i, uint8_t kind, SimTime due)
{
    const NetRow *row = net_world_delivered(w, i);

    CU_ASSERT_EQUAL(row->kind, kind);
    CU_ASSERT_EQUAL(row->due, due);
}

/* Stopped when due and when sent; held messages are in the books and go on in the order sent. */
static void
test_hold(void)
{
    NetWorld w;
    uint32_t edge = begin(&w);

    net_world_send(&w, edge, 1, 1);
    net_world_run(&w, 20 * SIM_MS);
    uint32_t cut = sim_net_oneway(w.net, &hold, a, 1, b, 1);
    CU_ASSERT(sim_net_separated(w.net, 0, 1));
    net_world_send(&w, edge, 2, 1);
    net_world_run(&w, SIM_S);
    set_latency(&w, edge, 10 * SIM_MS);
    net_world_send(&w, edge, 3, 1);
    net_world_send(&w, edge ^ 1, 9, 1); /* the way back is open */
    net_world_run(&w, 2 * SIM_S);
    CU_ASSERT_EQUAL(w.delivered->len, 1);
    CU_ASSERT_EQUAL(w.fates->len, 1);
    CU_ASSERT(sim_net_books_balance(w.net, NULL));
    sim_net_heal(w.net, cut);
    net_world_send(&w, edge, 4, 1);
    net_world_run(&w, 3 * SIM_S);
    CU_ASSERT_EQUAL_FATAL(w.delivered->len, 5);
    for (guint i = 1; i < 5; i++) /* 3 and 4 are quicker, but do not overtake */
        check_delivered(&w, i, (uint8_t)i, 2 * SIM_S + 50 * SIM_MS);
    net_world_clear(&w);
}

/* What is in flight when the cut ends does not overtake what the cut held. */
static void
test_hold_and_in_flight(void)
{
    NetWorld w;
    uint32_t edge = begin(&w);

    net_world_send(&w, edge, 1, 1);
    net_world_run(&w, 30 * SIM_MS);
    net_world_send(&w, edge, 2, 1); /* due at 80 */
    net_world_run(&w, 40 * SIM_MS);
    uint32_t cut = sim_net_oneway(w.net, &hold, a, 1, b, 1);
    net_world_run(&w, 60 * SIM_MS);
    sim_net_heal(w.net, cut); /* 1 comes at 110 */
    net_world_run(&w, 61 * SIM_MS);
    set_latency(&w, edge, SIM_MS);
    net_world_send(&w, edge, 3, 1);
    net_world_run(&w, SIM_S);
    net_world_send(&w, edge, 4, 1); /* in step again */
    net_world_run(&w, 2 * SIM_S);
    CU_ASSERT_EQUAL_FATAL(w.delivered->len, 4);
    for (guint i = 0; i < 3; i++)
        check_delivered(&w, i, (uint8_t)(i + 1), 110 * SIM_MS);
    check_delivered(&w, 3, 4, SIM_S + SIM_MS);
    CU_ASSERT(!w.net->edges[edge].stalled);
    net_world_clear(&w);
}

/* Stopped when sent: in the order sent though the later is quicker, and behind what is in flight.
 */
static void
test_hold_when_sent(void)
{
    NetWorld w;
    uint32_t edge = begin(&w);

    set_latency(&w, edge, 200 * SIM_MS);
    net_world_send(&w, edge, 1, 1);
    uint32_t cut = sim_net_oneway(w.net, &hold, a, 1, b, 1);
    net_world_send(&w, edge, 2, 1);
    set_latency(&w, edge, 10 * SIM_MS);
    net_world_send(&w, edge, 3, 1);
    sim_net_heal(w.net, cut);
    net_world_run(&w, SIM_S);
    g_autofree char *kinds = net_world_kinds(&w);
    TEST_STR_EQUAL(kinds, "1 2 3 ");

    net_world_send(&w, edge, 4, 1);
    cut = sim_net_oneway(w.net, &hold, a, 1, b, 1);
    set_latency(&w, edge, 50 * SIM_MS);
    net_world_send(&w, edge, 5, 1);
    set_latency(&w, edge, SIM_MS);
    net_world_send(&w, edge, 6, 1);
    net_world_run(&w, SIM_S + 5 * SIM_MS);
    sim_net_heal(w.net, cut);
    net_world_run(&w, 2 * SIM_S);
    for (guint i = 3; i < 6; i++)
        CU_ASSERT_EQUAL(net_world_delivered(&w, i)->kind, i + 1);
    check_delivered(&w, 3, 4, SIM_S + 10 * SIM_MS);
    check_delivered(&w, 5, 6, SIM_S + 55 * SIM_MS);

    set_latency(&w, edge, 200 * SIM_MS); /* 7 is still in flight when 8 is let go */
    net_world_send(&w, edge, 7, 1);
    set_latency(&w, edge, 10 * SIM_MS);
    cut = sim_net_oneway(w.net, &hold, a, 1, b, 1);
    net_world_send(&w, edge, 8, 1);
    net_world_run(&w, 2 * SIM_S + 5 * SIM_MS);
    sim_net_heal(w.net, cut);
    net_world_run(&w, 3 * SIM_S);
    check_delivered(&w, 6, 7, 2 * SIM_S + 200 * SIM_MS);
    check_delivered(&w, 7, 8, 2 * SIM_S + 200 * SIM_MS);
    net_world_clear(&w);
}

static void
test_any_order_overtakes(void)
{
    SimLinkSpec spec = sim_link_spec_default();
    NetWorld w;
    uint32_t edge = begin(&w);

    spec.fifo = false;
    sim_net_set_link(w.net, edge, &spec);
    net_world_send(&w, edge, 1, 1);
    net_world_run(&w, 30 * SIM_MS);
    net_world_send(&w, edge, 2, 1);
    uint32_t cut = sim_net_oneway(w.net, &hold, a, 1, b, 1);
    net_world_run(&w, 60 * SIM_MS);
    sim_net_heal(w.net, cut);
    net_world_run(&w, SIM_S);
    check_delivered(&w, 0, 2, 80 * SIM_MS);
    check_delivered(&w, 1, 1, 110 * SIM_MS);
    net_world_clear(&w);
}

/* Two cuts hold: released when the second ends. A dropping one that stands then drops. */
static void
test_hold_and_others(void)
{
    NetWorld w;
    uint32_t edge = begin(&w);
    uint32_t first = sim_net_oneway(w.net, &hold, a, 1, b, 1);
    uint32_t second = cut_apart(&w, &hold);

    net_world_send(&w, edge, 1, 1);
    net_world_run(&w, SIM_S);
    sim_net_heal(w.net, first);
    net_world_run(&w, 2 * SIM_S);
    CU_ASSERT_EQUAL(w.fates->len, 0);
    sim_net_heal(w.net, second);
    net_world_run(&w, 3 * SIM_S);
    check_delivered(&w, 0, 1, 2 * SIM_S + 50 * SIM_MS);

    first = sim_net_oneway(w.net, &hold, a, 1, b, 1);
    net_world_send(&w, edge, 2, 1);
    second = sim_net_oneway(w.net, &drop, a, 1, b, 1);
    net_world_send(&w, edge, 3, 1); /* dropped at once: drop goes before hold */
    CU_ASSERT_EQUAL(net_world_fate(&w, 1)->kind, 3);
    net_world_run(&w, 4 * SIM_S);
    CU_ASSERT_EQUAL(w.fates->len, 2);
    sim_net_heal(w.net, first);
    CU_ASSERT_EQUAL_FATAL(w.fates->len, 3);
    CU_ASSERT_EQUAL(net_world_fate(&w, 2)->fate, SIM_FATE_CUT);
    CU_ASSERT_EQUAL(net_world_fate(&w, 2)->due, 4 * SIM_S);
    sim_net_heal(w.net, second);
    first = sim_net_oneway(w.net, &hold, a, 1, b, 1);
    net_world_send(&w, edge, 4, 1);
    sim_net_oneway(w.net, &slow, a, 1, b, 1);
    sim_net_heal(w.net, first); /* a slow one that stands slows */
    net_world_run(&w, 20 * SIM_S);
    check_delivered(&w, 1, 4, 9 * SIM_S + 50 * SIM_MS);
    net_world_clear(&w);
}

/* While one holds, what a dropping one would do is not asked. */
static void
test_hold_before_drop(void)
{
    NetWorld w;
    uint32_t edge = begin(&w);
    uint32_t first = sim_net_oneway(w.net, &hold, a, 1, b, 1);
    uint32_t second = sim_net_oneway(w.net, &hold, a, 1, b, 1);

    net_world_send(&w, edge, 1, 1);
    uint32_t third = sim_net_oneway(w.net, &drop, a, 1, b, 1);
    sim_net_heal(w.net, first);
    CU_ASSERT_EQUAL(w.fates->len, 0);
    sim_net_heal(w.net, third);
    sim_net_heal(w.net, second);
    net_world_run(&w, SIM_S);
    check_delivered(&w, 0, 1, 50 * SIM_MS);
    net_world_clear(&w);
}

/* Held to the end, closed while held, or to a node that goes down. */
static void
test_held_to_the_end(void)
{
    NetWorld w;
    uint32_t edge = begin(&w);
    uint32_t cut = sim_net_oneway(w.net, &hold, a, 1, b, 1);

    net_world_send(&w, edge, 1, 1);
    sim_net_set_edge_open(w.net, edge, false);
    sim_net_set_edge_open(w.net, edge, true);
    net_world_send(&w, edge, 2, 1);
    sim_net_heal(w.net, cut);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_CLOSED), 1);
    net_world_run(&w, SIM_S);
    check_delivered(&w, 0, 2, 50 * SIM_MS);
    sim_net_oneway(w.net, &hold, a, 1, b, 1);
    net_world_send(&w, edge, 3, 1);
    net_world_run(&w, 2 * SIM_S);
    sim_net_finish(w.net);
    CU_ASSERT_EQUAL(net_world_fate(&w, 2)->fate, SIM_FATE_IN_FLIGHT);
    net_world_clear(&w);
}

static void
test_held_until_heal_all(void)
{
    NetWorld w;
    uint32_t edge = begin(&w);

    sim_net_oneway(w.net, &hold, a, 1, b, 1);
    cut_apart(&w, &drop);
    CU_ASSERT(sim_net_separated(w.net, 1, 0));
    sim_net_heal(w.net, 1);
    net_world_send(&w, edge, 1, 1);
    cut_apart(&w, &drop);
    CU_ASSERT_EQUAL(sim_net_heal_all(w.net), 2);
    net_world_run(&w, SIM_S);
    CU_ASSERT_EQUAL(w.delivered->len, 1);
    net_world_clear(&w);
}

static void
test_slow(void)
{
    NetWorld w;
    uint32_t edge = begin(&w);

    net_world_send(&w, edge, 1, 1); /* slowed when due */
    net_world_run(&w, 20 * SIM_MS);
    uint32_t cut = sim_net_oneway(w.net, &slow, a, 1, b, 1);
    CU_ASSERT(!sim_net_separated(w.net, 0, 1));
    net_world_send(&w, edge, 2, 1); /* when sent, and not again */
    net_world_run(&w, 60 * SIM_MS);
    sim_net_heal(w.net, cut);
    net_world_send(&w, edge, 3, 1); /* not, but it does not overtake */
    net_world_run(&w, 10 * SIM_S);
    CU_ASSERT_EQUAL_FATAL(w.delivered->len, 3);
    check_delivered(&w, 0, 1, 5 * SIM_S + 50 * SIM_MS);
    check_delivered(&w, 1, 2, 5 * SIM_S + 70 * SIM_MS);
    check_delivered(&w, 2, 3, 5 * SIM_S + 70 * SIM_MS);
    sim_net_oneway(w.net, &slow, a, 1, b, 1); /* several add up */
    sim_net_oneway(w.net, &slow, a, 1, b, 1);
    net_world_send(&w, edge, 4, 1);
    net_world_run(&w, SIM_MIN);
    check_delivered(&w, 3, 4, 20 * SIM_S + 50 * SIM_MS);
    net_world_clear(&w);
}

/* -- paused nodes --------------------------------------------------------------------------- */

static void
test_pause(void)
{
    NetWorld w;

    net_world_init(&w, 1, "abc");
    uint32_t ab = net_world_edge(&w, 0, 1), cb = net_world_edge(&w, 2, 1);
    sim_net_set_node_paused(w.net, 1, true);
    CU_ASSERT(sim_net_node_paused(w.net, 1));
    net_world_send(&w, ab, 1, 1);
    net_world_run(&w, 10 * SIM_MS);
    net_world_send(&w, cb, 2, 1);
    net_world_run(&w, 20 * SIM_MS);
    net_world_send(&w, ab, 3, 1);
    net_world_send(&w, cb ^ 1, 9, 1); /* who is paused hears nothing; who is not, does */
    net_world_run(&w, SIM_S);
    CU_ASSERT(sim_net_books_balance(w.net, NULL));
    CU_ASSERT_EQUAL(w.fates->len, 1);
    cut_apart(&w, &drop); /* they had come before it */
    sim_net_set_node_paused(w.net, 1, false);
    net_world_run(&w, 2 * SIM_S);
    check_delivered(&w, 0, 9, 70 * SIM_MS);
    for (guint i = 1; i < 4; i++)
        check_delivered(&w, i, (uint8_t)i, SIM_S + i);
    net_world_clear(&w);
}

static void
test_pause_and_in_flight(void)
{
    NetWorld w;
    uint32_t edge = begin(&w);

    for (uint8_t i = 1; i < 5; i++)
        net_world_send(&w, edge, i, 1);
    set_latency(&w, edge, 2);
    sim_net_set_node_paused(w.net, 1, true);
    net_world_run(&w, 50 * SIM_MS);
    sim_net_set_node_paused(w.net, 1, false);
    net_world_send(&w, edge, 5, 1); /* by itself due before 3 */
    net_world_run(&w, SIM_S);
    for (guint i = 0; i < 5; i++)
        check_delivered(&w, i, (uint8_t)(i + 1), 50 * SIM_MS + i + 1);
    sim_net_set_node_paused(w.net, 1, true);
    net_world_send(&w, edge, 6, 1);
    net_world_send(&w, edge ^ 1, 7, 1);
    net_world_run(&w, 2 * SIM_S);
    sim_net_set_edge_open(w.net, edge, false);
    sim_net_set_node_paused(w.net, 1, false);
    net_world_run(&w, 2 * SIM_S + 1); /* in its turn */
    CU_ASSERT_EQUAL(net_world_fate(&w, w.fates->len - 1)->fate, SIM_FATE_CLOSED);
    sim_net_set_edge_open(w.net, edge, true);
    sim_net_set_node_paused(w.net, 1, true);
    net_world_send(&w, edge, 8, 1);
    net_world_run(&w, 3 * SIM_S);
    net_world_clear(&w); /* 8 is in flight at the end */
}

/* A second pause in the middle of what waited for the first: the rest keeps its place before what
 * comes due later. */
static void
test_paused_again(void)
{
    NetWorld w;
    uint32_t edge = begin(&w);

    sim_net_set_node_paused(w.net, 1, true);
    for (uint8_t i = 1; i < 4; i++)
        net_world_send(&w, edge, i, 1);
    net_world_run(&w, SIM_S);
    sim_net_set_node_paused(w.net, 1, false);
    net_world_run(&w, SIM_S + 1);
    sim_net_set_node_paused(w.net, 1, true);
    CU_ASSERT_EQUAL(w.delivered->len, 1);
    net_world_send(&w, edge, 4, 1);
    net_world_run(&w, 2 * SIM_S);
    CU_ASSERT_EQUAL(w.delivered->len, 1);
    CU_ASSERT(sim_net_books_balance(w.net, NULL));
    sim_net_set_node_paused(w.net, 1, false);
    CU_ASSERT(sim_net_node_waits(w.net, 1));
    net_world_run(&w, 3 * SIM_S);
    CU_ASSERT(!sim_net_node_waits(w.net, 1));
    for (guint i = 1; i < 4; i++)
        check_delivered(&w, i, (uint8_t)(i + 1), 2 * SIM_S + i);
    net_world_clear(&w);
}

/* -- one-way edges -------------------------------------------------------------------------- */

static void
test_shut(void)
{
    NetWorld w;
    uint32_t edge = begin(&w);

    sim_net_shut_edge(w.net, edge ^ 1);
    sim_net_set_edge_open(w.net, edge ^ 1, true);
    CU_ASSERT(!sim_net_edge_open(w.net, edge ^ 1));
    net_world_send(&w, edge ^ 1, 1, 1);
    net_world_send(&w, edge, 2, 1);
    net_world_run(&w, SIM_S);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_CLOSED), 1);
    CU_ASSERT_EQUAL(w.delivered->len, 1);
    net_world_clear(&w);
}

/* -- books ---------------------------------------------------------------------------------- */

/* A held message that vanished, and in debug builds an edge's own book. */
static void
test_cooked_waits(void)
{
    NetWorld w;
    uint32_t edge = begin(&w);

    sim_net_oneway(w.net, &hold, a, 1, b, 1);
    net_world_send(&w, edge, 1, 1);
    CU_ASSERT(sim_net_books_balance(w.net, NULL));
    SimEvent event = g_array_index(w.net->held, SimEvent, 0);
    g_array_set_size(w.net->held, 0);
    CU_ASSERT(!sim_net_books_balance(w.net, NULL));
    g_array_append_val(w.net->held, event);
    CU_ASSERT(sim_net_books_balance(w.net, NULL));
#if SIM_NET_EDGE_BOOKS
    g_autoptr(GString) report = g_string_new(NULL);

    sim_net_edge_book(w.net, edge)->settled++;
    CU_ASSERT(!sim_net_books_balance(w.net, report));
    TEST_STR_EQUAL(report->str, "edge a -> b: sent 1, accounted for 2\n");
    sim_net_edge_book(w.net, edge)->settled--;
#endif
    net_world_clear(&w);
}

TEST_SUITE(wait, {"hold", test_hold}, {"hold-and-in-flight", test_hold_and_in_flight},
           {"hold-when-sent", test_hold_when_sent}, {"hold-before-drop", test_hold_before_drop},
           {"any-order-overtakes", test_any_order_overtakes},
           {"hold-and-others", test_hold_and_others}, {"held-to-the-end", test_held_to_the_end},
           {"held-until-heal-all", test_held_until_heal_all}, {"slow", test_slow},
           {"pause", test_pause}, {"pause-and-in-flight", test_pause_and_in_flight},
           {"paused-again", test_paused_again}, {"shut", test_shut},
           {"cooked-waits", test_cooked_waits})
