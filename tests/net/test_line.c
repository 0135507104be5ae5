/* Rates of nodes in each model of bandwidth, against cases worked by hand, conservation and
 * queueing theory; tests/fluid/ holds the shares against a solver of its own.
 */
#include "sim/net/fair.h"
#include "tests/harness/harness.h"
#include "tests/net/world.h"

#include <math.h>
#include <stdio.h>

#define LATENCY (50 * SIM_MS) /* of links, unless a test says otherwise */
#define BYTE_A_US 8000000     /* bits a second */

static void
check_due(const NetWorld *w, uint8_t kind, SimTime due)
{
    char text[96];

    for (guint i = 0; i < w->delivered->len; i++) {
        const NetRow *row = net_world_delivered(w, i);

        if (row->kind != kind)
            continue;
        (void)snprintf(text, sizeof text, "%u came at %lld, not %lld", kind, (long long)row->due,
                       (long long)due);
        CU_assertImplementation(row->due == due, __LINE__, text, __FILE__, "", CU_FALSE);
        return;
    }
    CU_FAIL("not delivered");
}

/* -- uplink --------------------------------------------------------------------------------- */

/* a sends at a byte a us; b receives at half of that; d's link carries a quarter. */
static void
test_uplink(void)
{
    SimLinkSpec spec = sim_link_spec_default();
    NetWorld w;

    net_world_init(&w, 1, "abcd");
    sim_net_set_bandwidth(w.net, SIM_BANDWIDTH_UPLINK);
    uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
    uint32_t ad = net_world_edge(&w, 0, 3), cb = net_world_edge(&w, 2, 1);
    spec.rate_bps = BYTE_A_US / 4;
    sim_net_set_link(w.net, ad, &spec);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US, 0);
    sim_net_set_node_rates(w.net, 1, 0, BYTE_A_US / 2);
    net_world_send(&w, ab, 1, 1000); /* leaves until 1 ms, through at 2 */
    net_world_send(&w, ac, 2, 1000); /* until 2 ms: b's slowness is not a's to wait for */
    net_world_send(&w, ad, 3, 1000); /* until 3 ms, through at 6: it starts at 2 */
    net_world_send(&w, ab, 4, 1000); /* until 4 ms, through at 5 */
    net_world_send(&w, ad, 5, 1000); /* until 5 ms, behind 3: through at 10 */
    net_world_send(&w, cb, 6, 1000); /* c has no uplink: each edge by itself, at b's rate */
    net_world_send(&w, cb, 7, 1000);
    net_world_send(&w, cb ^ 1, 8, 1000);
    net_world_run(&w, SIM_S);
    check_due(&w, 1, 2 * SIM_MS + LATENCY);
    check_due(&w, 2, 2 * SIM_MS + LATENCY);
    check_due(&w, 3, 6 * SIM_MS + LATENCY);
    check_due(&w, 4, 5 * SIM_MS + LATENCY);
    check_due(&w, 5, 10 * SIM_MS + LATENCY);
    check_due(&w, 6, 2 * SIM_MS + LATENCY);
    check_due(&w, 7, 4 * SIM_MS + LATENCY);
    check_due(&w, 8, LATENCY);
    for (uint8_t i = 0; i < 30; i++) { /* 3 MB: what waits for an uplink is not bounded */
        net_world_send(&w, ac, 10 + i, 100000);
        net_world_send(&w, cb, 40 + i, 100000);
    }
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_QUEUE), 0);
    sim_net_set_node_up(w.net, 0, false); /* a crash empties the uplink */
    sim_net_set_node_up(w.net, 0, true);
    net_world_send(&w, ad, 80, 1000);
    net_world_run(&w, SIM_MIN);
    check_due(&w, 39, SIM_S + 3 * SIM_S + LATENCY);
    check_due(&w, 69, SIM_S + 6 * SIM_S + LATENCY);
    check_due(&w, 80, SIM_S + 4 * SIM_MS + LATENCY);
    spec.queue_bytes = 1000; /* a link's own queue is */
    sim_net_set_link(w.net, ad, &spec);
    net_world_send(&w, ad, 81, 1000);
    net_world_send(&w, ad, 82, 1);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_QUEUE), 1);
    net_world_run(&w, 2 * SIM_MIN);
    net_world_clear(&w);
}

/* -- stop and wait -------------------------------------------------------------------------- */

static void
test_stop_and_wait(void)
{
    SimLinkSpec lossy = sim_link_spec_default();
    NetWorld w;

    net_world_init(&w, 1, "abcd");
    sim_net_set_bandwidth(w.net, SIM_BANDWIDTH_STOP_AND_WAIT);
    uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
    uint32_t ad = net_world_edge(&w, 0, 3);
    lossy.loss_ppb = SIM_PPB;
    sim_net_set_link(w.net, ad, &lossy);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US, 0);
    sim_net_set_node_rates(w.net, 1, 0, BYTE_A_US / 2);
    net_world_send(&w, ab, 1, 1000); /* 2 ms at b's rate, and the way */
    net_world_send(&w, ac, 2, 999);  /* small: neither waits */
    net_world_send(&w, ac, 3, 1000); /* leaves when 1 has come */
    net_world_send(&w, ad, 4, 1000); /* lost, and takes its time all the same */
    net_world_send(&w, ac, 5, 1000);
    net_world_run(&w, SIM_S);
    check_due(&w, 1, 2 * SIM_MS + LATENCY);
    check_due(&w, 2, 999 * SIM_US + LATENCY);
    check_due(&w, 3, 3 * SIM_MS + 2 * LATENCY);
    check_due(&w, 5, 5 * SIM_MS + 4 * LATENCY);
    net_world_send(&w, ac, 6, 999); /* nor does the next one wait for it */
    net_world_send(&w, ac, 7, 1000);
    net_world_run(&w, 2 * SIM_S);
    check_due(&w, 7, SIM_S + SIM_MS + LATENCY);
    net_world_clear(&w);
}

/* -- fair ----------------------------------------------------------------------------------- */

/* One uplink of a byte a us: two transfers at half of it, then one alone. */
static void
test_shared_uplink(void)
{
    NetWorld w;

    net_world_init(&w, 1, "abc");
    uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US, 0);
    net_world_send(&w, ab, 1, 10000);
    net_world_send(&w, ac, 2, 30000);
    net_world_send(&w, ab, 3, 1000); /* behind 1: one connection */
    net_world_send(&w, ab, 4, 100);  /* small, behind 3 */
    net_world_send(&w, ac ^ 1, 5, 30000);
    net_world_run(&w, SIM_S);
    check_due(&w, 1, 20 * SIM_MS + LATENCY);
    check_due(&w, 3, 22 * SIM_MS + LATENCY);
    check_due(&w, 4, 22 * SIM_MS + 100 * SIM_US + LATENCY);
    check_due(&w, 2, 41 * SIM_MS + LATENCY);
    check_due(&w, 5, LATENCY);
    net_world_clear(&w);
}

/* On a slow line a small message is not light: it shares. */
static void
test_small_on_slow(void)
{
    NetWorld w;

    net_world_init(&w, 1, "abc");
    uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US / 10, 0);
    net_world_send(&w, ab, 1, 100); /* 1 ms alone */
    net_world_send(&w, ac, 2, 100);
    net_world_send(&w, ac, 3, 99);
    net_world_run(&w, SIM_S);
    check_due(&w, 1, 2 * SIM_MS + LATENCY);
    check_due(&w, 2, 2 * SIM_MS + LATENCY);
    check_due(&w, 3, 2990 * SIM_US + LATENCY);
    net_world_clear(&w);
}

/* Both ends shared. a, at a byte a us, sends to b and c; d sends to c, which receives at half a
 * byte a us. c's downlink gives each of the two a quarter, so b gets three quarters of a's. */
static void
test_both_ends(void)
{
    NetWorld w;

    net_world_init(&w, 1, "abcd");
    uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
    uint32_t dc = net_world_edge(&w, 3, 2);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US, 0);
    sim_net_set_node_rates(w.net, 2, 0, BYTE_A_US / 2);
    sim_net_set_node_rates(w.net, 3, BYTE_A_US, 0);
    net_world_send(&w, ab, 1, 30000); /* 40 ms at 3/4 */
    net_world_send(&w, ac, 2, 30000); /* 10000 by 40 ms; by 80 ms 20000 more */
    net_world_send(&w, dc, 3, 10000); /* 40 ms at 1/4 */
    net_world_run(&w, SIM_S);
    check_due(&w, 1, 40 * SIM_MS + LATENCY);
    check_due(&w, 3, 40 * SIM_MS + LATENCY);
    check_due(&w, 2, 80 * SIM_MS + LATENCY);
    net_world_clear(&w);
}

/* Messages that waited for a shared line arrive in order, however long each is on its way, unless
 * the link says order=any. */
static void
test_order_after_line(void)
{
    enum { COUNT = 30 };
    SimLinkSpec spec = sim_link_spec_default();
    int last[2] = {0, 0}, overtakes[2] = {0, 0};
    NetWorld w;

    net_world_init(&w, 1, "abc");
    uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
    spec.latency = sim_distribution_uniform(10 * SIM_MS, 500 * SIM_MS);
    sim_net_set_link(w.net, ab, &spec);
    spec.fifo = false;
    sim_net_set_link(w.net, ac, &spec);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US, 0);
    for (uint8_t i = 1; i <= COUNT; i++) {
        net_world_send(&w, ab, i, 10000);
        net_world_send(&w, ac, i, 10000);
    }
    net_world_run(&w, 10 * SIM_S);
    CU_ASSERT_EQUAL(w.delivered->len, 2 * COUNT);
    for (guint i = 0; i < w.delivered->len; i++) {
        const NetRow *row = net_world_delivered(&w, i);
        int which = row->edge == ac;

        overtakes[which] += row->kind < last[which];
        last[which] = row->kind;
    }
    CU_ASSERT_EQUAL(overtakes[0], 0);
    CU_ASSERT(overtakes[1] > 5);
    net_world_clear(&w);
}

/* What has left the line is not in its queue any more, light messages too. */
static void
test_queue_empties(void)
{
    SimLinkSpec slow = sim_link_spec_default();
    NetWorld w;

    net_world_init(&w, 1, "ab");
    uint32_t ab = net_world_edge(&w, 0, 1);
    slow.rate_bps = BYTE_A_US / 4;
    slow.queue_bytes = 12000;
    sim_net_set_link(w.net, ab, &slow);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US, 0);
    net_world_send(&w, ab, 1, 9600);
    for (uint8_t i = 2; i < 6; i++)
        net_world_send(&w, ab, i, 100);
    net_world_send(&w, ab, 6, 2000);
    net_world_run(&w, 39 * SIM_MS); /* the first five are through at 38.4 ms */
    net_world_send(&w, ab, 7, 10000);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_QUEUE), 0);
    net_world_send(&w, ab, 8, 1);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_QUEUE), 1);
    net_world_run(&w, SIM_S);
    net_world_clear(&w);
}

/* Light messages take no share, but the link's own line all the same, one after another. */
static void
test_light_on_link(void)
{
    SimLinkSpec slow = sim_link_spec_default();
    NetWorld w;

    net_world_init(&w, 1, "ab");
    uint32_t ab = net_world_edge(&w, 0, 1);
    slow.rate_bps = BYTE_A_US / 4;
    sim_net_set_link(w.net, ab, &slow);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US, 0);
    net_world_send(&w, ab, 1, 100);
    net_world_send(&w, ab, 2, 200);
    net_world_run(&w, SIM_S);
    check_due(&w, 1, 400 * SIM_US + LATENCY);
    check_due(&w, 2, 1200 * SIM_US + LATENCY);
    net_world_clear(&w);
}

/* A link with a rate and a queue of its own bounds its transfer alone. */
static void
test_slow_link(void)
{
    SimLinkSpec slow = sim_link_spec_default();
    NetWorld w;

    net_world_init(&w, 1, "abc");
    uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
    slow.rate_bps = BYTE_A_US / 4;
    slow.queue_bytes = 12000;
    sim_net_set_link(w.net, ab, &slow);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US, BYTE_A_US);
    net_world_send(&w, ab, 1, 10000);
    net_world_send(&w, ac, 2, 30000);
    net_world_send(&w, ab, 3, 2000);
    net_world_send(&w, ab, 4, 1000);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_QUEUE), 1);
    net_world_run(&w, SIM_S);
    check_due(&w, 1, 40 * SIM_MS + LATENCY);
    check_due(&w, 2, 40 * SIM_MS + LATENCY);
    check_due(&w, 3, 48 * SIM_MS + LATENCY);
    net_world_clear(&w);
}

/* What waits for a line is lost with its edge or its sender; the others get its share. */
static void
test_given_up(void)
{
    NetWorld w;

    net_world_init(&w, 1, "abcd");
    uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
    uint32_t dc = net_world_edge(&w, 3, 2);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US, 0);
    sim_net_set_node_rates(w.net, 3, BYTE_A_US, 0);
    net_world_send(&w, ab, 1, 10000);
    net_world_send(&w, ab, 2, 10000);
    net_world_send(&w, ac, 3, 10000);
    net_world_send(&w, dc, 4, 50000);
    net_world_run(&w, 10 * SIM_MS);
    CU_ASSERT(sim_net_books_balance(w.net, NULL));
    sim_net_set_edge_open(w.net, ab, false);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_CLOSED), 2);
    sim_net_set_node_up(w.net, 3, false);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_DOWN), 1);
    sim_net_set_node_up(w.net, 3, true);
    net_world_send(&w, dc, 5, 10000);
    net_world_run(&w, SIM_S);
    check_due(&w, 3, 15 * SIM_MS + LATENCY);
    check_due(&w, 5, 20 * SIM_MS + LATENCY);
    sim_net_set_edge_open(w.net, ab, true);
    net_world_send(&w, ab, 8, 100000);
    net_world_send(&w, ac, 9, 100000);
    sim_net_set_edge_open(w.net, ab, false); /* at once: nothing else happens that would settle */
    net_world_run(&w, 2 * SIM_S);
    check_due(&w, 9, SIM_S + 100 * SIM_MS + LATENCY);
    net_world_send(&w, ac, 6, 100000);
    net_world_send(&w, ac, 7, 100);
    CU_ASSERT(sim_net_books_balance(w.net, NULL));
    sim_net_finish(w.net);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_IN_FLIGHT), 2);
    CU_ASSERT_EQUAL(w.payloads, 0);
    net_world_clear(&w);
}

/* A lost message takes its time, and its copy none. */
static void
test_lost_and_copied(void)
{
    SimLinkSpec lossy = sim_link_spec_default(), twice = lossy;
    NetWorld w;

    net_world_init(&w, 1, "abc");
    uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
    lossy.loss_ppb = SIM_PPB;
    twice.duplicate_ppb = SIM_PPB;
    sim_net_set_link(w.net, ab, &lossy);
    sim_net_set_link(w.net, ac, &twice);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US, 0);
    net_world_send(&w, ab, 1, 10000);
    net_world_send(&w, ac, 2, 10000);
    net_world_run(&w, SIM_S);
    check_due(&w, 2, 20 * SIM_MS + LATENCY);
    CU_ASSERT_EQUAL(w.delivered->len, 2);
    CU_ASSERT_EQUAL(net_world_delivered(&w, 1)->due, 20 * SIM_MS + LATENCY + 1);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_LOSS), 1);
    net_world_clear(&w);
}

/* A miner with 700 links, of which ten are to slow peers: those that are fast share what the slow
 * ones leave, and wait for none of them. */
static void
test_many_links(void)
{
    enum { PEERS = 700, SLOW = 10, BYTES = 1000000 };
    NetWorld w;
    SimTime fast;

    net_world_init(&w, 1, "a");
    sim_net_set_node_rates(w.net, 0, 1000000000, 0);
    for (uint32_t i = 0; i < PEERS; i++) {
        g_autofree char *name = g_strdup_printf("peer%u", i);
        uint32_t node = sim_net_add_node(w.net, name);

        sim_net_set_node_rates(w.net, node, 0, i < SLOW ? 10000 : 100000000);
        sim_net_add_edge(w.net, 0, node);
    }
    for (uint32_t i = 0; i < PEERS; i++)
        net_world_send(&w, 2 * i, i < SLOW ? 1 : 2, BYTES);
    /* 10^9 - 10 * 10^4 bits a second over 690 */
    fast = (SimTime)ceil((double)BYTES * 8 * 690 / (1e9 - 1e5) * 1e9);
    net_world_run(&w, 30 * SIM_S);
    CU_ASSERT_EQUAL(w.delivered->len, PEERS - SLOW);
    for (guint i = 0; i < w.delivered->len; i++)
        CU_ASSERT(ABS(net_world_delivered(&w, i)->due - LATENCY - fast) < 10);
    net_world_run(&w, 1000 * SIM_S);
    CU_ASSERT_EQUAL(w.delivered->len, PEERS);
    check_due(&w, 1, 800 * SIM_S + LATENCY);
    net_world_clear(&w);
}

/* A link that cuts through takes no time on any line, and leaves them to the others. */
static void
test_cut_through(void)
{
    static const SimBandwidth models[] = {SIM_BANDWIDTH_FAIR, SIM_BANDWIDTH_UPLINK,
                                          SIM_BANDWIDTH_STOP_AND_WAIT};
    SimLinkSpec spec = sim_link_spec_default();

    spec.rate_bps = BYTE_A_US / 8;
    spec.queue_bytes = 1;
    spec.cut_through = true;
    for (size_t i = 0; i < G_N_ELEMENTS(models); i++) {
        NetWorld w;

        net_world_init(&w, 1, "abc");
        sim_net_set_bandwidth(w.net, models[i]);
        uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
        sim_net_set_link(w.net, ab, &spec);
        sim_net_set_node_rates(w.net, 0, BYTE_A_US, 0);
        sim_net_set_node_rates(w.net, 1, 0, BYTE_A_US);
        net_world_send(&w, ab, 1, 20000);
        net_world_send(&w, ac, 2, 10000);
        net_world_send(&w, ab, 3, 20000);
        net_world_run(&w, SIM_S);
        check_due(&w, 1, LATENCY);
        check_due(&w, 2, 10 * SIM_MS + LATENCY);
        check_due(&w, 3, LATENCY);
        net_world_clear(&w);
    }
}

/* -- uploads -------------------------------------------------------------------------------- */

/* Two uploads at a time over a byte a us. An edge whose next message is large waits for its turn,
 * 4 only once 1 is through. A light message has none to wait for, nor have other nodes. */
static void
test_uploads(void)
{
    NetWorld w;

    net_world_init(&w, 1, "abcdef");
    sim_net_set_uploads(w.net, 2);
    uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
    uint32_t ad = net_world_edge(&w, 0, 3), ae = net_world_edge(&w, 0, 4);
    uint32_t af = net_world_edge(&w, 0, 5), cf = net_world_edge(&w, 2, 5);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US, 0);
    sim_net_set_node_rates(w.net, 2, BYTE_A_US, 0);
    net_world_send(&w, ab, 1, 10000); /* half of the line: 20 ms */
    net_world_send(&w, ac, 2, 30000); /* 10000 by 20 ms, 20000 by 40, 1000 by 42, 1000 by 44 */
    net_world_send(&w, ad, 3, 10000); /* from 20 ms, to 40 */
    net_world_send(&w, ab, 4, 1000);  /* after 5: to 44 */
    net_world_send(&w, ae, 5, 1000);  /* from 40 ms, to 42 */
    net_world_send(&w, af, 6, 100);
    net_world_send(&w, cf, 7, 10000);
    net_world_run(&w, SIM_S);
    check_due(&w, 1, 20 * SIM_MS + LATENCY);
    check_due(&w, 3, 40 * SIM_MS + LATENCY);
    check_due(&w, 5, 42 * SIM_MS + LATENCY);
    check_due(&w, 4, 44 * SIM_MS + LATENCY);
    check_due(&w, 2, 52 * SIM_MS + LATENCY);
    check_due(&w, 6, 100 * SIM_US + LATENCY);
    check_due(&w, 7, 10 * SIM_MS + LATENCY);
    net_world_clear(&w);
}

/* A small message that is not light shares the line, and is no upload. */
static void
test_uploads_small(void)
{
    NetWorld w;

    net_world_init(&w, 1, "abcd");
    sim_net_set_uploads(w.net, 1);
    uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
    uint32_t ad = net_world_edge(&w, 0, 3);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US / 10, 0);
    net_world_send(&w, ab, 1, 10000); /* 100 B by 2 ms, and the rest alone */
    net_world_send(&w, ac, 2, 100);
    net_world_send(&w, ad, 3, 1000);
    net_world_run(&w, SIM_S);
    check_due(&w, 2, 2 * SIM_MS + LATENCY);
    check_due(&w, 1, 101 * SIM_MS + LATENCY);
    check_due(&w, 3, 111 * SIM_MS + LATENCY);
    net_world_clear(&w);
}

/* An edge that closes gives its turn away, or its place among those that wait. */
static void
test_uploads_given_up(void)
{
    NetWorld w;

    net_world_init(&w, 1, "abcd");
    sim_net_set_uploads(w.net, 1);
    uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
    uint32_t ad = net_world_edge(&w, 0, 3);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US, 0);
    for (uint8_t i = 0; i < 3; i++)
        net_world_send(&w, 2 * i, 1 + i, 10000);
    net_world_run(&w, 5 * SIM_MS);
    sim_net_set_edge_open(w.net, ac, false);
    sim_net_set_edge_open(w.net, ab, false);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_CLOSED), 2);
    net_world_run(&w, SIM_S);
    check_due(&w, 3, 15 * SIM_MS + LATENCY);
    sim_net_set_edge_open(w.net, ab, true);
    sim_net_set_edge_open(w.net, ac, true);
    for (uint8_t i = 0; i < 3; i++)
        net_world_send(&w, 2 * i, 4 + i, 10000);
    sim_net_set_node_up(w.net, 0, false); /* a crash forgets all of them */
    sim_net_set_node_up(w.net, 0, true);
    net_world_send(&w, ac, 7, 10000);
    net_world_send(&w, ad, 8, 10000);
    net_world_run(&w, 2 * SIM_S);
    check_due(&w, 7, SIM_S + 10 * SIM_MS + LATENCY);
    check_due(&w, 8, SIM_S + 20 * SIM_MS + LATENCY);
    net_world_send(&w, ac, 9, 10000);
    net_world_send(&w, ad, 10, 10000);
    CU_ASSERT(sim_net_books_balance(w.net, NULL));
    sim_net_finish(w.net);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_IN_FLIGHT), 2);
    CU_ASSERT_EQUAL(w.payloads, 0);
    net_world_clear(&w);
}

/* A small message does not wait for the large one before it, nor the large one after it. */
static void
test_small_first(void)
{
    for (int small_first = 0; small_first < 2; small_first++) {
        SimTime saved = small_first ? SIM_MS / 2 : 0;
        NetWorld w;

        net_world_init(&w, 1, "abc");
        sim_net_set_bandwidth(w.net, SIM_BANDWIDTH_UPLINK);
        sim_net_set_small_first(w.net, small_first);
        uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
        sim_net_set_node_rates(w.net, 0, BYTE_A_US, 0);
        net_world_send(&w, ab, 1, 1000); /* leaves until 1 ms */
        net_world_send(&w, ac, 2, 500);  /* until 1.5 ms, or at once until 0.5 */
        net_world_send(&w, ac, 3, 2000); /* until 3.5 ms, or 3 */
        net_world_run(&w, SIM_S);
        check_due(&w, 1, SIM_MS + LATENCY);
        check_due(&w, 2, SIM_MS / 2 + (small_first ? 0 : SIM_MS) + LATENCY);
        check_due(&w, 3, 7 * SIM_MS / 2 - saved + LATENCY);
        net_world_clear(&w);
    }
}

/* The other models know no such bound. */
static void
test_uploads_elsewhere(void)
{
    NetWorld w;

    net_world_init(&w, 1, "abc");
    sim_net_set_bandwidth(w.net, SIM_BANDWIDTH_UPLINK);
    sim_net_set_uploads(w.net, 1);
    uint32_t ab = net_world_edge(&w, 0, 1), ac = net_world_edge(&w, 0, 2);
    sim_net_set_node_rates(w.net, 0, BYTE_A_US, 0);
    sim_net_set_node_rates(w.net, 1, 0, BYTE_A_US / 10);
    net_world_send(&w, ab, 1, 10000);
    net_world_send(&w, ac, 2, 10000);
    net_world_run(&w, SIM_S);
    check_due(&w, 1, 100 * SIM_MS + LATENCY);
    check_due(&w, 2, 20 * SIM_MS + LATENCY);
    net_world_clear(&w);
}

/* -- the law of large numbers --------------------------------------------------------------- */

#define PS_LINKS 40
#define PS_COUNT 400000
#define PS_LOAD 0.6
#define PS_BATCHES 40

typedef struct {
    SimEngine *engine;
    SimNet *net;
    double sums[PS_BATCHES]; /* of sojourns, in mean services */
    int done;
} Sharing;

static void
note_sojourn(void *user, const SimPacket *packet)
{
    Sharing *ps = user;

    ps->sums[ps->done++ / (PS_COUNT / PS_BATCHES)] += (double)(packet->due - packet->sent) / 1e9;
}

/* M/M/1 with processor sharing: the mean sojourn is that of M/M/1, 1 / (1 - load) services
 * (Kleinrock, Queueing Systems II, 4.4). Many edges, so that transfers of one edge seldom meet. */
static void
test_processor_sharing(void)
{
    static Sharing ps;
    SimNetOps ops = {.user = &ps, .deliver = note_sojourn};
    SimLinkSpec spec = sim_link_spec_default();
    double mean = 0, square = 0, error;
    SimTime at = 0;
    SimRandom r;
    char text[96];

    ps = (Sharing){.engine = sim_engine_new(1)};
    ps.net = sim_net_new(ps.engine, 1, &ops);
    sim_net_add_node(ps.net, "source");
    spec.latency = sim_distribution_constant(0);
    for (uint32_t i = 0; i < PS_LINKS * 50; i++) {
        g_autofree char *name = g_strdup_printf("sink%u", i);

        sim_net_set_link(ps.net, sim_net_add_edge(ps.net, 0, sim_net_add_node(ps.net, name)),
                         &spec);
    }
    sim_net_set_node_rates(ps.net, 0, BYTE_A_US, 0); /* a mean service is 1 s */
    sim_random_init(&r, 7, "test", "sharing");
    for (int i = 0; i < PS_COUNT; i++) {
        uint32_t edge = 2 * (uint32_t)sim_random_below(&r, PS_LINKS * 50);
        uint32_t bytes = (uint32_t)sim_random_exponential(&r, 1000000);

        at += sim_random_exponential(&r, (SimTime)(1e9 / PS_LOAD));
        sim_engine_run(ps.engine, at, 0);
        if (sim_engine_now(ps.engine) < at)
            sim_engine_advance(ps.engine, at);
        sim_net_send(ps.net, edge, 0, MAX(bytes, SIM_SMALL_BYTES), NULL);
    }
    sim_engine_run(ps.engine, SIM_TIME_NEVER - 1, 0);
    CU_ASSERT_EQUAL(ps.done, PS_COUNT);
    for (int i = 0; i < PS_BATCHES; i++) {
        double batch = ps.sums[i] / (PS_COUNT / PS_BATCHES);

        mean += batch / PS_BATCHES;
        square += batch * batch / PS_BATCHES;
    }
    error = sqrt((square - mean * mean) / (PS_BATCHES - 1));
    (void)snprintf(text, sizeof text, "mean sojourn %.3f +- %.3f services, not 2.5", mean, error);
    CU_assertImplementation(fabs(mean - 1 / (1 - PS_LOAD)) < 4.5 * error && error < 0.05, __LINE__,
                            text, __FILE__, "", CU_FALSE);
    sim_net_free(ps.net);
    sim_engine_free(ps.engine);
}

static void
check_conservation(uint32_t uploads)
{
    enum { COUNT = 500 };
    uint64_t bytes = 0;
    SimRandom r;
    NetWorld w;

    net_world_init(&w, 1, "abcdefgh");
    sim_net_set_uploads(w.net, uploads);
    sim_net_set_node_rates(w.net, 0, 12345678, 0);
    sim_random_init(&r, 3, "test", "conservation");
    for (int i = 0; i < COUNT; i++) {
        uint32_t size = 1000 + (uint32_t)sim_random_below(&r, 100000);

        net_world_send(&w, net_world_edge(&w, 0, 1 + (uint32_t)sim_random_below(&r, 7)), 1, size);
        bytes += size;
        net_world_run(&w, i * SIM_MS);
    }
    net_world_run(&w, 60 * SIM_MIN);
    CU_ASSERT_EQUAL(w.delivered->len, COUNT);
    /* Short by less than 2^-16 bit/s a share, and late by less than a ns each time one ends. */
    CU_ASSERT(ABS(net_world_delivered(&w, COUNT - 1)->due - LATENCY -
                  (SimTime)((double)bytes * 8 / 12345678 * 1e9)) < 2 * COUNT);
    net_world_clear(&w);
}

/* A line that is never idle is done with all its bytes at bytes / rate, whoever they are for. */
static void
test_conservation(void)
{
    for (uint32_t uploads = 0; uploads < 4; uploads++)
        check_conservation(uploads);
}

TEST_SUITE(line, {"uplink", test_uplink}, {"stop-and-wait", test_stop_and_wait},
           {"shared-uplink", test_shared_uplink}, {"small-on-slow", test_small_on_slow},
           {"both-ends", test_both_ends}, {"order-after-line", test_order_after_line},
           {"queue-empties", test_queue_empties}, {"light-on-link", test_light_on_link},
           {"slow-link", test_slow_link}, {"given-up", test_given_up},
           {"lost-and-copied", test_lost_and_copied}, {"many-links", test_many_links},
           {"cut-through", test_cut_through}, {"uploads", test_uploads},
           {"uploads-small", test_uploads_small}, {"uploads-given-up", test_uploads_given_up},
           {"small-first", test_small_first},
           {"uploads-elsewhere", test_uploads_elsewhere},
           {"processor-sharing", test_processor_sharing}, {"conservation", test_conservation})
