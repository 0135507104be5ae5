/* Streams: a loss is a delay, order holds, a cut is tried again and a long one breaks. */
#include "sim/net/net.h"
#include "sim/net/net_private.h"
#include "tests/harness/harness.h"
#include "tests/net/world.h"

#include <math.h>

#define PERCENT 10000000u

static const uint32_t a[] = {0}, b[] = {1};
static const SimCutSpec drop = {SIM_CUT_DROP, 0};
static const SimCutSpec hold = {SIM_CUT_HOLD, 0};

static SimLinkSpec
stream_link(SimTime latency)
{
    SimLinkSpec spec = sim_link_spec_default();

    spec.latency = sim_distribution_constant(latency);
    spec.transport = SIM_TRANSPORT_STREAM;
    return spec;
}

static uint32_t
begin(NetWorld *w, const SimLinkSpec *spec)
{
    net_world_init(w, 1, "ab");
    uint32_t edge = net_world_edge(w, 0, 1);

    sim_net_set_link(w->net, edge, spec);
    sim_net_set_link(w->net, edge ^ 1, spec);
    return edge;
}

static void
check_delivered(const NetWorld *w, guint i, uint8_t kind, SimTime due)
{
    const NetRow *row = net_world_delivered(w, i);

    CU_ASSERT_EQUAL(row->kind, kind);
    CU_ASSERT_EQUAL(row->due, due);
}

/* Half of all tries fail: what comes took 0, 1, 1 + 2, 1 + 2 + 4 … s more, half as many each. */
static void
test_back_off(void)
{
    SimLinkSpec spec = stream_link(50 * SIM_MS);
    int tries[7] = {0};
    NetWorld w;

    spec.loss_ppb = 50 * PERCENT;
    uint32_t edge = begin(&w, &spec);
    for (int i = 0; i < 4000; i++) {
        net_world_run(&w, i * SIM_HOUR);
        sim_net_set_edge_open(w.net, edge, true);
        net_world_send(&w, edge, 1, 1);
    }
    net_world_run(&w, 4000 * SIM_HOUR);
    for (guint i = 0; i < w.fates->len; i++) {
        static const SimTime waits[] = {0, 1, 3, 7, 15, 31, 60};
        const NetRow *row = net_world_fate(&w, i);
        int k = 0;

        if (row->fate == SIM_FATE_CLOSED) {
            CU_ASSERT_EQUAL(row->due - row->sent, SIM_STREAM_TIMEOUT);
            continue;
        }
        while (k < 7 && row->due - row->sent != waits[k] * SIM_S + 50 * SIM_MS)
            k++;
        CU_ASSERT_FATAL(k < 7);
        tries[k]++;
    }
    for (int k = 0; k < 7; k++) {
        double p = pow(0.5, k + 1), want = 4000 * p;

        CU_ASSERT(fabs(tries[k] - want) < 4.5 * sqrt(want * (1 - p)));
    }
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_LOSS), 0);
    CU_ASSERT_EQUAL(w.broken->len, 2 * sim_net_fate_count(w.net, SIM_FATE_CLOSED));
    CU_ASSERT(w.broken->len > 2 * 11 && w.broken->len < 2 * 57); /* 31.25, 5.6 */
    net_world_clear(&w);
}

/* RTO is twice the latency where that is above 1 s. */
static void
test_far_away(void)
{
    SimLinkSpec spec = stream_link(4 * SIM_S);
    NetWorld w;

    spec.corrupt_ppb = 60 * PERCENT; /* fails its checksum: as good as lost */
    uint32_t edge = begin(&w, &spec);
    for (int i = 0; i < 50; i++) {
        net_world_run(&w, i * SIM_HOUR);
        sim_net_set_edge_open(w.net, edge, true);
        net_world_send(&w, edge, 1, 1);
    }
    net_world_run(&w, 50 * SIM_HOUR);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_CHECKSUM), 0);
    CU_ASSERT(w.delivered->len > 20);
    int at_once = 0;
    for (guint i = 0; i < w.delivered->len; i++) {
        const NetRow *row = net_world_delivered(&w, i);
        SimTime s = (row->due - row->sent) / SIM_S;

        CU_ASSERT(s == 4 || s == 12 || s == 28 || s == 60 || s == 64);
        at_once += s == 4;
    }
    CU_ASSERT(at_once > 4 && at_once < 36); /* 20, 3.5 */
    net_world_clear(&w);
}

/* In order whatever the latency, the losses, and options that streams do not know. */
static void
test_in_order(void)
{
    SimLinkSpec spec = stream_link(0);
    NetWorld w;

    spec.latency = sim_distribution_exponential(100 * SIM_MS);
    spec.loss_ppb = 10 * PERCENT;
    spec.duplicate_ppb = spec.reorder_ppb = 50 * PERCENT;
    spec.fifo = false;
    uint32_t edge = begin(&w, &spec);
    for (int i = 0; i < 200; i++) {
        net_world_run(&w, i * 10 * SIM_MS);
        net_world_send(&w, edge, (uint8_t)i, 1);
    }
    net_world_run(&w, SIM_HOUR);
    CU_ASSERT_EQUAL_FATAL(w.delivered->len, 200);
    for (guint i = 0; i < 200; i++)
        CU_ASSERT_EQUAL(net_world_delivered(&w, i)->kind, i);
    net_world_clear(&w);
}

/* A bad state that ends between tries: a burst delays, it does not break. */
static void
test_gilbert(void)
{
    SimLinkSpec spec = stream_link(50 * SIM_MS);
    uint64_t late = 0;
    NetWorld w;

    spec.bad_loss_ppb = 100 * PERCENT;
    spec.to_bad_ppb = 10 * PERCENT;
    spec.to_good_ppb = 90 * PERCENT;
    uint32_t edge = begin(&w, &spec);
    for (int i = 0; i < 1000; i++) {
        net_world_run(&w, i * SIM_HOUR);
        net_world_send(&w, edge, 1, 1);
    }
    net_world_run(&w, 1000 * SIM_HOUR);
    CU_ASSERT_EQUAL(w.delivered->len, 1000);
    for (guint i = 0; i < w.delivered->len; i++)
        late += net_world_delivered(&w, i)->due - net_world_delivered(&w, i)->sent > SIM_S;
    CU_ASSERT(late > 57 && late < 143); /* a tenth meets the bad state: 100, 9.5 */
    net_world_clear(&w);
}

/* Stopped when sent: tried after 1, 3, 7, 15 … s from then; those behind wait with it. */
static void
test_cut_when_sent(void)
{
    SimLinkSpec spec = stream_link(50 * SIM_MS);
    NetWorld w;
    uint32_t edge = begin(&w, &spec);
    uint32_t cut = sim_net_oneway(w.net, &drop, a, 1, b, 1);

    net_world_send(&w, edge, 1, 1);
    net_world_run(&w, SIM_S / 2);
    net_world_send(&w, edge, 2, 1);
    net_world_run(&w, 4 * SIM_S);
    sim_net_heal(w.net, cut);
    net_world_send(&w, edge, 3, 1); /* the cut is over, but 1 comes first */
    CU_ASSERT(sim_net_books_balance(w.net, NULL));
    net_world_run(&w, 7 * SIM_S + 20 * SIM_MS);
    net_world_send(&w, edge, 4, 1);
    net_world_run(&w, SIM_MIN);
    CU_ASSERT_EQUAL_FATAL(w.delivered->len, 4);
    for (guint i = 0; i < 3; i++)
        check_delivered(&w, i, (uint8_t)(i + 1), 7 * SIM_S + 50 * SIM_MS);
    check_delivered(&w, 3, 4, 7 * SIM_S + 70 * SIM_MS);
    CU_ASSERT_EQUAL(w.broken->len, 0);
    net_world_clear(&w);
}

/* Sent before what stalls the edge, and due when the cut is over: it does not wait. Of those that
 * wait the later is quicker, and does not overtake; what all its tries would have lost is sent
 * anew. */
static void
test_stall_and_others(void)
{
    SimLinkSpec spec = stream_link(200 * SIM_MS);
    NetWorld w;
    uint32_t edge = begin(&w, &spec);

    net_world_send(&w, edge, 1, 1);
    uint32_t cut = sim_net_oneway(w.net, &drop, a, 1, b, 1);
    spec.latency = sim_distribution_constant(50 * SIM_MS);
    spec.loss_ppb = 100 * PERCENT;
    sim_net_set_link(w.net, edge, &spec);
    net_world_send(&w, edge, 2, 1);
    spec.latency = sim_distribution_constant(SIM_MS);
    sim_net_set_link(w.net, edge, &spec);
    net_world_send(&w, edge, 3, 1);
    net_world_run(&w, 100 * SIM_MS);
    sim_net_heal(w.net, cut);
    net_world_run(&w, SIM_HOUR);
    CU_ASSERT_EQUAL_FATAL(w.delivered->len, 3);
    check_delivered(&w, 0, 1, 200 * SIM_MS);
    check_delivered(&w, 1, 2, 1050 * SIM_MS);
    check_delivered(&w, 2, 3, 1050 * SIM_MS);
    CU_ASSERT_EQUAL(w.broken->len, 0);
    net_world_clear(&w);
}

/* A try of a connection that was closed is not one of the next. */
static void
test_stall_anew(void)
{
    SimLinkSpec spec = stream_link(50 * SIM_MS);
    NetWorld w;
    uint32_t edge = begin(&w, &spec);
    uint32_t cut = sim_net_oneway(w.net, &drop, a, 1, b, 1);

    net_world_send(&w, edge, 1, 1); /* tried again at 1 s */
    net_world_run(&w, SIM_S / 2);
    sim_net_set_edge_open(w.net, edge, false);
    sim_net_set_edge_open(w.net, edge, true);
    net_world_send(&w, edge, 2, 1); /* at 1.5 s */
    net_world_run(&w, 900 * SIM_MS);
    sim_net_heal(w.net, cut);
    net_world_run(&w, SIM_MIN);
    check_delivered(&w, 0, 2, 1550 * SIM_MS);
    net_world_clear(&w);
}

/* Stopped when due, with others in flight that the cut no longer stops. */
static void
test_cut_when_due(void)
{
    SimLinkSpec spec = stream_link(50 * SIM_MS);
    NetWorld w;
    uint32_t edge = begin(&w, &spec);

    net_world_send(&w, edge, 1, 1);
    net_world_run(&w, 10 * SIM_MS);
    uint32_t cut = sim_net_oneway(w.net, &drop, a, 1, b, 1);
    net_world_run(&w, 50 * SIM_MS); /* stopped here, tried again 1 s later */
    sim_net_heal(w.net, cut);
    net_world_run(&w, 1040 * SIM_MS);
    net_world_send(&w, edge, 2, 1); /* waits with it */
    net_world_run(&w, 1060 * SIM_MS);
    net_world_send(&w, edge, 3, 1);
    net_world_run(&w, SIM_MIN);
    CU_ASSERT_EQUAL_FATAL(w.delivered->len, 3);
    check_delivered(&w, 0, 1, 1100 * SIM_MS);
    check_delivered(&w, 1, 2, 1100 * SIM_MS);
    check_delivered(&w, 2, 3, 1110 * SIM_MS);
    net_world_clear(&w);
}

/* A cut of 59 s is survived, one that stands at 60 s is not. */
static void
check_long_cut(SimTime lasts, bool breaks)
{
    SimLinkSpec spec = stream_link(50 * SIM_MS);
    NetWorld w;
    uint32_t edge = begin(&w, &spec);

    net_world_send(&w, edge ^ 1, 7, 1);
    uint32_t cut = sim_net_oneway(w.net, &drop, a, 1, b, 1);
    net_world_send(&w, edge, 1, 1);
    net_world_run(&w, 30 * SIM_S);
    net_world_send(&w, edge, 2, 1);
    net_world_run(&w, 59 * SIM_S + 990 * SIM_MS);
    net_world_send(&w, edge ^ 1, 8, 1); /* in flight the other way when it breaks */
    net_world_run(&w, lasts);
    sim_net_heal(w.net, cut);
    net_world_run(&w, 2 * SIM_MIN);
    CU_ASSERT_EQUAL(w.broken->len, breaks ? 2 : 0);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_CLOSED), breaks ? 3 : 0);
    CU_ASSERT_EQUAL(sim_net_edge_open(w.net, edge), !breaks);
    if (breaks) {
        CU_ASSERT_EQUAL(g_array_index(w.broken, uint32_t, 0), edge);
        CU_ASSERT_EQUAL(g_array_index(w.broken, uint32_t, 1), edge ^ 1);
        net_world_send(&w, edge, 3, 1);
        sim_net_set_edge_open(w.net, edge, true);
        sim_net_set_edge_open(w.net, edge ^ 1, true);
        net_world_send(&w, edge, 4, 1);
        net_world_run(&w, 3 * SIM_MIN);
        check_delivered(&w, 1, 4, 2 * SIM_MIN + 50 * SIM_MS);
    } else {
        check_delivered(&w, 1, 8, 60 * SIM_S + 40 * SIM_MS);
        check_delivered(&w, 2, 1, 60 * SIM_S + 50 * SIM_MS);
        check_delivered(&w, 3, 2, 60 * SIM_S + 50 * SIM_MS);
    }
    net_world_clear(&w);
}

static void
test_long_cut(void)
{
    check_long_cut(59 * SIM_S + 995 * SIM_MS, false);
    check_long_cut(60 * SIM_S, true);
}

static void
test_lost_for_good(void)
{
    SimLinkSpec spec = stream_link(50 * SIM_MS);
    NetWorld w;

    spec.loss_ppb = 100 * PERCENT;
    uint32_t edge = begin(&w, &spec);
    net_world_send(&w, edge, 1, 1);
    net_world_run(&w, SIM_S);
    net_world_send(&w, edge, 2, 1);
    net_world_run(&w, 60 * SIM_S - 1);
    CU_ASSERT_EQUAL(w.broken->len, 0);
    net_world_run(&w, 60 * SIM_S);
    CU_ASSERT_EQUAL(w.broken->len, 2);
    net_world_run(&w, 2 * SIM_MIN);
    CU_ASSERT_EQUAL(w.broken->len, 2);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_CLOSED), 2);
    net_world_clear(&w);
}

static void
test_receiver_down(void)
{
    SimLinkSpec spec = stream_link(50 * SIM_MS);
    NetWorld w;
    uint32_t edge = begin(&w, &spec);

    sim_net_set_node_up(w.net, 1, false);
    net_world_run(&w, SIM_S);
    CU_ASSERT_EQUAL(w.broken->len, 0); /* nobody has noticed */
    net_world_send(&w, edge, 1, 1);
    net_world_send(&w, edge, 2, 1);
    net_world_run(&w, 2 * SIM_S);
    CU_ASSERT_EQUAL(w.broken->len, 2);
    CU_ASSERT_EQUAL(net_world_fate(&w, 0)->fate, SIM_FATE_DOWN);
    CU_ASSERT_EQUAL(net_world_fate(&w, 1)->fate, SIM_FATE_CLOSED);
    net_world_clear(&w);
}

/* A cut that holds is no loss: nothing is tried, nothing breaks. */
static void
test_held(void)
{
    SimLinkSpec spec = stream_link(50 * SIM_MS);
    NetWorld w;
    uint32_t edge = begin(&w, &spec);
    uint32_t cut = sim_net_oneway(w.net, &hold, a, 1, b, 1);

    net_world_send(&w, edge, 1, 1);
    net_world_run(&w, SIM_HOUR);
    sim_net_heal(w.net, cut);
    net_world_run(&w, 2 * SIM_HOUR);
    check_delivered(&w, 0, 1, SIM_HOUR + 50 * SIM_MS);
    cut = sim_net_oneway(w.net, &hold, a, 1, b, 1);
    net_world_send(&w, edge, 2, 1);
    sim_net_oneway(w.net, &drop, a, 1, b, 1);
    net_world_run(&w, 3 * SIM_HOUR);
    CU_ASSERT_EQUAL(w.broken->len, 0);
    sim_net_heal(w.net, cut); /* from here on it is tried */
    net_world_run(&w, 3 * SIM_HOUR + 59 * SIM_S);
    CU_ASSERT_EQUAL(w.broken->len, 0);
    net_world_run(&w, 3 * SIM_HOUR + 60 * SIM_S);
    CU_ASSERT_EQUAL(w.broken->len, 2);
    net_world_clear(&w);
}

/* Stalled to the end; closed while stalled; and one that holds comes when one that drops goes. */
static void
test_stalled_ends(void)
{
    SimLinkSpec spec = stream_link(50 * SIM_MS);
    NetWorld w;
    uint32_t edge = begin(&w, &spec);
    uint32_t cut = sim_net_oneway(w.net, &drop, a, 1, b, 1);

    net_world_send(&w, edge, 1, 1);
    sim_net_set_edge_open(w.net, edge, false);
    CU_ASSERT_EQUAL(net_world_fate(&w, 0)->fate, SIM_FATE_CLOSED); /* at once */
    sim_net_set_edge_open(w.net, edge, true);
    net_world_send(&w, edge, 2, 1);
    sim_net_heal(w.net, cut);
    cut = sim_net_oneway(w.net, &hold, a, 1, b, 1);
    net_world_run(&w, 10 * SIM_S);
    CU_ASSERT_EQUAL(w.fates->len, 1);
    sim_net_heal(w.net, cut);
    net_world_run(&w, 20 * SIM_S);
    check_delivered(&w, 0, 2, 10 * SIM_S + 50 * SIM_MS);
    sim_net_oneway(w.net, &drop, a, 1, b, 1);
    net_world_send(&w, edge, 3, 1);
    net_world_run(&w, 21 * SIM_S);
    CU_ASSERT(sim_net_books_balance(w.net, NULL));
    net_world_clear(&w);
}

TEST_SUITE(stream, {"back-off", test_back_off}, {"far-away", test_far_away},
           {"in-order", test_in_order}, {"gilbert", test_gilbert},
           {"cut-when-sent", test_cut_when_sent}, {"cut-when-due", test_cut_when_due},
           {"stall-and-others", test_stall_and_others}, {"stall-anew", test_stall_anew},
           {"long-cut", test_long_cut}, {"lost-for-good", test_lost_for_good},
           {"receiver-down", test_receiver_down}, {"held", test_held},
           {"stalled-ends", test_stalled_ends})
