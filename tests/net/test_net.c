/* Messages: when they arrive, what becomes of them, and the books. */
#include "sim/net/net.h"
#include "sim/net/net_private.h"
#include "tests/harness/harness.h"
#include "tests/net/world.h"

#include <math.h>
#include <string.h>

static SimLinkSpec
constant_link(SimTime latency)
{
    SimLinkSpec spec = sim_link_spec_default();

    spec.latency = sim_distribution_constant(latency);
    return spec;
}

static void
test_default_latency(void)
{
    NetWorld w;

    net_world_init(&w, 1, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    net_world_run(&w, SIM_S);
    net_world_send(&w, edge, 2, 1000000000);
    net_world_send(&w, edge ^ 1, 3, 1);
    net_world_run(&w, 2 * SIM_S);
    CU_ASSERT_EQUAL(w.delivered->len, 2);
    for (guint i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(net_world_delivered(&w, i)->sent, SIM_S);
        CU_ASSERT_EQUAL(net_world_delivered(&w, i)->due, SIM_S + 50 * SIM_MS);
    }
    net_world_clear(&w);
}

static void
test_min_and_jitter(void)
{
    SimLinkSpec spec = sim_link_spec_default();
    SimTime least = SIM_TIME_NEVER, most = 0;
    NetWorld w;

    spec.latency = sim_distribution_uniform(0, 10 * SIM_MS);
    spec.min = 8 * SIM_MS;
    spec.jitter = 3;
    spec.fifo = false;
    net_world_init(&w, 1, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1), at_min = 0;
    sim_net_set_link(w.net, edge, &spec);
    for (int i = 0; i < 4000; i++)
        net_world_send(&w, edge, 0, 1);
    net_world_run(&w, SIM_S);
    for (guint i = 0; i < w.delivered->len; i++) {
        SimTime due = net_world_delivered(&w, i)->due;

        least = MIN(least, due);
        most = MAX(most, due);
        at_min += due <= 8 * SIM_MS + 3;
    }
    CU_ASSERT_EQUAL(least, 8 * SIM_MS); /* the floor, with no jitter */
    CU_ASSERT(most > 9900 * SIM_US && most <= 10 * SIM_MS + 3);
    CU_ASSERT(at_min > 3086 && at_min < 3314); /* 0.8, 4.5 standard deviations around */
    net_world_clear(&w);
}

/* The edges of a to b, back, to c, back, to d, and back. */
static uint32_t
edge_of_star(NetWorld *w, uint32_t i)
{
    uint32_t other = 1 + i / 2;

    return i % 2 == 0 ? net_world_edge(w, 0, other) : net_world_edge(w, other, 0);
}

/* How long a message takes on each edge of the star; its three messages must agree if `per_link`.
 * The edge from `first` to a is added first: edges then have other numbers and directions. */
static void
delays_of_star(SimTime ret_delays[6], uint64_t seed, uint32_t first, bool per_link)
{
    SimLinkSpec spec = sim_link_spec_default();
    NetWorld w;

    spec.latency = sim_distribution_lognormal(80 * SIM_MS, SIM_PPB / 2);
    spec.per_link = per_link;
    net_world_init(&w, seed, "abcd");
    net_world_edge(&w, first, 0);
    for (uint32_t i = 0; i < 6; i++)
        sim_net_set_link(w.net, edge_of_star(&w, i), &spec);
    for (uint32_t i = 0; i < 18; i++) {
        SimTime sent = sim_engine_now(w.engine), delay;

        net_world_send(&w, edge_of_star(&w, i / 3), 0, 2000);
        net_world_run(&w, sent + 10 * SIM_S);
        delay = net_world_delivered(&w, i)->due - sent;
        CU_ASSERT(!per_link || i % 3 == 0 || delay == ret_delays[i / 3]);
        ret_delays[i / 3] = delay;
    }
    net_world_clear(&w);
}

/* With draw=link all messages of a link take as long, there and back; each link has a draw of its
 * own, by the names of its ends and the seed. */
static void
test_draw_per_link(void)
{
    SimTime delays[6], again[6], other[6], each[6];

    delays_of_star(delays, 1, 1, true);
    for (uint32_t i = 0; i < 6; i += 2) {
        CU_ASSERT_EQUAL(delays[i], delays[i + 1]);
        CU_ASSERT_NOT_EQUAL(delays[i], delays[(i + 2) % 6]);
    }
    delays_of_star(again, 1, 3, true);
    delays_of_star(other, 2, 1, true);
    delays_of_star(each, 1, 1, false);
    for (uint32_t i = 0; i < 6; i++) {
        CU_ASSERT_EQUAL(again[i], delays[i]);
        CU_ASSERT_NOT_EQUAL(other[i], delays[i]);
        CU_ASSERT_NOT_EQUAL(each[i], delays[i]);
    }
}

/* A copy and a message that is overtaken take the link's one latency again. */
static void
test_draw_per_link_again(void)
{
    SimLinkSpec spec = sim_link_spec_default();
    NetWorld w;

    spec.latency = sim_distribution_uniform(10 * SIM_MS, 100 * SIM_MS);
    spec.per_link = true;
    spec.duplicate_ppb = spec.reorder_ppb = SIM_PPB;
    net_world_init(&w, 1, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    sim_net_set_link(w.net, edge, &spec);
    net_world_send(&w, edge, 0, 2000);
    net_world_run(&w, SIM_S);
    CU_ASSERT_EQUAL_FATAL(w.delivered->len, 2);
    SimTime delay = sim_net_draw_latency(w.net, edge, (SimCounter){0});
    CU_ASSERT_EQUAL(net_world_delivered(&w, 0)->due, 2 * delay);
    CU_ASSERT_EQUAL(net_world_delivered(&w, 1)->due, 2 * delay + 1);
    net_world_clear(&w);
}

static void
check_fifo(bool fifo)
{
    SimLinkSpec spec = sim_link_spec_default();
    int overtaken = 0;
    NetWorld w;

    spec.latency = sim_distribution_exponential(50 * SIM_MS);
    spec.fifo = fifo;
    net_world_init(&w, 1, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    sim_net_set_link(w.net, edge, &spec);
    for (uint8_t i = 0; i < 200; i++) {
        net_world_run(&w, i * SIM_MS);
        net_world_send(&w, edge, i, 1);
    }
    net_world_run(&w, SIM_MIN);
    CU_ASSERT_EQUAL_FATAL(w.delivered->len, 200);
    for (guint i = 1; i < 200; i++)
        overtaken += net_world_delivered(&w, i)->kind < net_world_delivered(&w, i - 1)->kind;
    CU_ASSERT_EQUAL(overtaken == 0, fifo);
    net_world_clear(&w);
}

static void
test_fifo(void)
{
    check_fifo(true);
    check_fifo(false);
}

static void
test_one_ns_at_least(void)
{
    SimLinkSpec spec = constant_link(0);
    NetWorld w;

    net_world_init(&w, 1, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    sim_net_set_link(w.net, edge, &spec);
    net_world_send(&w, edge, 1, 1);
    net_world_run(&w, SIM_S);
    CU_ASSERT_EQUAL(net_world_delivered(&w, 0)->due, 1);
    net_world_clear(&w);
}

/* -- loss ----------------------------------------------------------------------------------- */

/* Which of n messages a link loses, and when the others come, as text. */
static char *
loss_course(NetWorld *w, uint32_t loss_ppb, int n, uint64_t *ret_lost)
{
    SimLinkSpec spec = sim_link_spec_default();
    GString *course = g_string_new(NULL);

    spec.loss_ppb = loss_ppb;
    spec.latency = sim_distribution_lognormal(80 * SIM_MS, SIM_PPB / 2);
    spec.fifo = false;
    net_world_init(w, 1, "ab");
    uint32_t edge = net_world_edge(w, 0, 1);
    sim_net_set_link(w->net, edge, &spec);
    for (int i = 0; i < n; i++)
        net_world_send(w, edge, (uint8_t)i, 1);
    net_world_run(w, SIM_HOUR);
    for (guint i = 0; i < w->delivered->len && n <= 256; i++)
        g_string_append_printf(course, "%u@%" G_GINT64_FORMAT " ", net_world_delivered(w, i)->kind,
                               net_world_delivered(w, i)->due);
    *ret_lost = sim_net_fate_count(w->net, SIM_FATE_LOSS);
    net_world_clear(w);
    return g_string_free(course, FALSE);
}

static void
test_loss_rate(void)
{
    uint64_t lost;
    NetWorld w;

    g_free(loss_course(&w, 1000000, 400000, &lost)); /* 0.1%: 400, standard deviation 20 */
    CU_ASSERT(lost > 310 && lost < 490);
    g_free(loss_course(&w, 300000000, 100000, &lost)); /* 30%: 30000, 145 */
    CU_ASSERT(lost > 29348 && lost < 30652);
    g_free(loss_course(&w, 1000000000, 1000, &lost));
    CU_ASSERT_EQUAL(lost, 1000);
    g_free(loss_course(&w, 0, 1000, &lost));
    CU_ASSERT_EQUAL(lost, 0);
}

/* A link with loss delivers a part of what one without delivers, each message at the same time. */
static void
test_loss_shares_draws(void)
{
    uint64_t lost;
    NetWorld w;
    g_autofree char *without = loss_course(&w, 0, 200, &lost);
    g_autofree char *with = loss_course(&w, 100000000, 200, &lost);
    g_auto(GStrv) words = g_strsplit(with, " ", -1);

    CU_ASSERT(lost > 0);
    CU_ASSERT_EQUAL(g_strv_length(words), 200 - lost + 1);
    for (int i = 0; words[i] != NULL && words[i][0] != '\0'; i++) {
        g_autofree char *word = g_strdup_printf("%s ", words[i]);

        CU_ASSERT(strstr(without, word) != NULL);
    }
}

/* -- rate ----------------------------------------------------------------------------------- */

/* 8 Mbit/s are one byte a µs. */
static void
test_rate(void)
{
    SimLinkSpec spec = constant_link(10 * SIM_MS);
    NetWorld w;

    spec.rate_bps = 8000000;
    spec.queue_bytes = 3000;
    net_world_init(&w, 1, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    sim_net_set_link(w.net, edge, &spec);
    net_world_send(&w, edge, 0, 5000);      /* the line is free: longer than the queue, and goes */
    net_world_run(&w, 3500 * SIM_US);       /* 1500 of them are not through */
    net_world_send(&w, edge, 1, 1500);      /* 3000 wait: just fits */
    net_world_send(&w, edge, 2, 1);         /* 3001 would: dropped */
    net_world_run(&w, 3500 * SIM_US + 999); /* a byte is not through before its last ns */
    net_world_send(&w, edge, 3, 1);
    net_world_run(&w, 3501 * SIM_US);
    net_world_send(&w, edge, 4, 1);
    net_world_run(&w, SIM_S);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_QUEUE), 2);
    CU_ASSERT_EQUAL_FATAL(w.delivered->len, 3);
    CU_ASSERT_EQUAL(net_world_delivered(&w, 0)->due, 15 * SIM_MS);
    CU_ASSERT_EQUAL(net_world_delivered(&w, 1)->due, 16500 * SIM_US);
    CU_ASSERT_EQUAL(net_world_delivered(&w, 2)->kind, 4);
    CU_ASSERT_EQUAL(net_world_delivered(&w, 2)->due, 16501 * SIM_US);
    net_world_send(&w, edge ^ 1, 5, 1); /* the way back is another line, without a rate */
    net_world_run(&w, 2 * SIM_S);
    CU_ASSERT_EQUAL(net_world_delivered(&w, 3)->due, SIM_S + 50 * SIM_MS);
    net_world_clear(&w);
}

static void
test_serialisation(void)
{
    CU_ASSERT_EQUAL(sim_link_serialisation(1, 8), SIM_S);
    CU_ASSERT_EQUAL(sim_link_serialisation(1500, 20000000), 600 * SIM_US);
    CU_ASSERT_EQUAL(sim_link_serialisation(1, 3000000000), 3); /* 2.67 ns, rounded up */
    CU_ASSERT_EQUAL(sim_link_serialisation(0, 1), 0);
    CU_ASSERT_EQUAL(sim_link_serialisation(UINT64_MAX, 1), SIM_TIME_NEVER);
}

/* -- ends and edges ------------------------------------------------------------------------- */

static void
test_down(void)
{
    NetWorld w;

    net_world_init(&w, 1, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    net_world_send(&w, edge, 1, 1);
    net_world_send(&w, edge, 2, 1);
    net_world_run(&w, 10 * SIM_MS);
    sim_net_set_node_up(w.net, 1, false);
    net_world_send(&w, edge ^ 1, 3, 1); /* from a node that is down */
    net_world_run(&w, 50 * SIM_MS);
    net_world_send(&w, edge, 4, 1);
    sim_net_set_node_up(w.net, 1, true); /* up again when this one comes */
    net_world_run(&w, SIM_S);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_DOWN), 3);
    CU_ASSERT_EQUAL_FATAL(w.delivered->len, 1);
    CU_ASSERT_EQUAL(net_world_delivered(&w, 0)->kind, 4);
    CU_ASSERT_EQUAL(net_world_fate(&w, 0)->kind, 3); /* at the drop, before the others were due */
    CU_ASSERT_EQUAL(net_world_fate(&w, 0)->due, 10 * SIM_MS);
    CU_ASSERT_EQUAL(net_world_fate(&w, 1)->due, 50 * SIM_MS);
    net_world_clear(&w);
}

static void
test_closed(void)
{
    NetWorld w;

    net_world_init(&w, 1, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    net_world_send(&w, edge, 1, 1);
    net_world_send(&w, edge ^ 1, 2, 1);
    sim_net_set_edge_open(w.net, edge, false);
    CU_ASSERT(!sim_net_edge_open(w.net, edge));
    net_world_send(&w, edge, 3, 1);
    sim_net_set_edge_open(w.net, edge, true); /* what was in flight stays lost */
    net_world_send(&w, edge, 4, 1);
    net_world_run(&w, SIM_S);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_CLOSED), 2);
    CU_ASSERT_EQUAL(w.delivered->len, 2);
    CU_ASSERT(net_world_delivered(&w, 0)->kind + net_world_delivered(&w, 1)->kind == 6);
    net_world_clear(&w);
}

/* However often it has been closed since, what was lost stays lost. */
static void
test_closed_often(void)
{
    for (unsigned closings = 1; closings <= 600; closings++) {
        NetWorld w;

        net_world_init(&w, 1, "ab");
        uint32_t edge = net_world_edge(&w, 0, 1);
        net_world_send(&w, edge, 1, 1);
        for (unsigned i = 0; i < closings; i++) {
            sim_net_set_edge_open(w.net, edge, false);
            sim_net_set_edge_open(w.net, edge, true);
        }
        net_world_send(&w, edge, 2, 1);
        net_world_run(&w, SIM_S);
        CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_CLOSED), 1);
        CU_ASSERT_EQUAL(net_world_delivered(&w, 0)->kind, 2);
        net_world_clear(&w);
    }
}

/* What waits before the line of a connection is gone with it: the next one begins with a free line
 * and holds nothing back. */
static void
test_closed_with_a_queue(void)
{
    NetWorld w;
    SimLinkSpec spec = sim_link_spec_default();

    net_world_init(&w, 1, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    spec.latency = sim_distribution_constant(10 * SIM_MS);
    spec.rate_bps = 8000; /* 1000 bytes a second */
    sim_net_set_link(w.net, edge, &spec);
    for (uint8_t i = 1; i < 6; i++)
        net_world_send(&w, edge, i, 1000);
    sim_net_set_edge_open(w.net, edge, false);
    sim_net_set_edge_open(w.net, edge, true);
    net_world_send(&w, edge, 9, 1000);
    net_world_run(&w, SIM_MIN);
    CU_ASSERT_EQUAL_FATAL(w.delivered->len, 1);
    CU_ASSERT_EQUAL(net_world_delivered(&w, 0)->due, SIM_S + 10 * SIM_MS);
    net_world_clear(&w);
}

static void
test_edges(void)
{
    NetWorld w;
    size_t count;

    net_world_init(&w, 1, "abcd");
    uint32_t ab = net_world_edge(&w, 0, 1), ca = net_world_edge(&w, 2, 0);
    CU_ASSERT_EQUAL(ab, 0);
    CU_ASSERT_EQUAL(ca, 2);
    CU_ASSERT_EQUAL(net_world_edge(&w, 1, 0), 1); /* there already, the other way */
    CU_ASSERT_EQUAL(sim_net_edge_count(w.net), 4);
    CU_ASSERT(sim_net_edge_key(w.net, 0) != sim_net_edge_key(w.net, 1));
    for (int round = 0; round < 2; round++) { /* before and after freezing */
        const uint32_t *out = sim_net_out_edges(w.net, &count, 0);

        CU_ASSERT_EQUAL_FATAL(count, 2);
        CU_ASSERT(out[0] == 0 && out[1] == 3);
        CU_ASSERT_EQUAL(sim_net_find_edge(w.net, 0, 2), 3);
        CU_ASSERT_EQUAL(sim_net_find_edge(w.net, 2, 0), 2);
        CU_ASSERT_EQUAL(sim_net_find_edge(w.net, 1, 2), SIM_EDGE_NONE);
        CU_ASSERT_EQUAL(sim_net_edge_src(w.net, 3), 0);
        CU_ASSERT_EQUAL(sim_net_edge_dst(w.net, 3), 2);
        sim_net_freeze(w.net);
    }
    for (uint32_t i = 0; i < 4; i++) /* later additions, and again */
        for (uint32_t j = 0; j < 4; j++)
            if (i != j)
                CU_ASSERT_EQUAL(sim_net_edge_src(w.net, net_world_edge(&w, i, j)), i);
    CU_ASSERT_EQUAL(sim_net_edge_count(w.net), 12);
    sim_net_out_edges(w.net, &count, 3);
    CU_ASSERT_EQUAL(count, 3);
    net_world_clear(&w);
}

static void
test_many_edges(void)
{
    NetWorld w;
    size_t count, sum = 0;

    net_world_init(&w, 1, "");
    for (uint32_t i = 0; i < 120; i++)
        sim_net_add_node(w.net, "n");
    for (uint32_t i = 0; i < 120; i++)
        for (uint32_t j = 0; j < 120; j++)
            if (i != j)
                net_world_edge(&w, i, j);
    CU_ASSERT_EQUAL(sim_net_edge_count(w.net), 120 * 119);
    for (int round = 0; round < 2; round++, sum = 0) {
        for (uint32_t i = 0; i < 120; i++) {
            const uint32_t *out = sim_net_out_edges(w.net, &count, i);

            sum += count;
            for (size_t k = 0; k < count; k++) {
                CU_ASSERT_EQUAL(sim_net_edge_src(w.net, out[k]), i);
                CU_ASSERT_EQUAL(sim_net_edge_place(w.net, out[k]), k);
                CU_ASSERT_EQUAL(sim_net_find_edge(w.net, i, sim_net_edge_dst(w.net, out[k])),
                                out[k]);
            }
        }
        CU_ASSERT_EQUAL(sum, 120 * 119);
        sim_net_freeze(w.net);
    }
    net_world_clear(&w);
}

/* -- books ---------------------------------------------------------------------------------- */

static void
test_books(void)
{
    SimLinkSpec slow = constant_link(SIM_S), same = constant_link(SIM_S);
    NetWorld w;

    net_world_init(&w, 1, "abc");
    uint32_t ab = net_world_edge(&w, 0, 1), bc = net_world_edge(&w, 1, 2);
    sim_net_set_link(w.net, bc, &slow);
    sim_net_set_link(w.net, bc ^ 1, &same);
    CU_ASSERT_EQUAL(sim_net_class_count(w.net), 2);
    CU_ASSERT(sim_net_link(w.net, bc) == sim_net_link(w.net, bc ^ 1));
    CU_ASSERT_EQUAL(sim_net_class_link(w.net, 0)->latency.a, 50 * SIM_MS);
    net_world_send(&w, ab, 1, 1);
    net_world_send(&w, bc, 2, 1);
    sim_net_set_link(w.net, bc, sim_net_link(w.net, ab)); /* under way in their old classes */
    sim_net_set_link(w.net, ab, &slow);
    net_world_run(&w, 500 * SIM_MS);
    CU_ASSERT_EQUAL(sim_net_class_sent(w.net, 0), 1);
    CU_ASSERT_EQUAL(sim_net_class_fate_count(w.net, 0, SIM_FATE_DELIVERED), 1);
    CU_ASSERT_EQUAL(sim_net_class_sent(w.net, 1), 1);
    CU_ASSERT(sim_net_books_balance(w.net, NULL));
    CU_ASSERT_EQUAL(w.fates->len, 1);
    sim_net_finish(w.net);
    CU_ASSERT_EQUAL_FATAL(w.fates->len, 2);
    CU_ASSERT_EQUAL(net_world_fate(&w, 1)->fate, SIM_FATE_IN_FLIGHT);
    CU_ASSERT_EQUAL(net_world_fate(&w, 1)->due, SIM_S);
    CU_ASSERT_EQUAL(sim_net_class_fate_count(w.net, 1, SIM_FATE_IN_FLIGHT), 1);
    net_world_clear(&w);
}

static void
drop_silently(void *user, const SimEvent *event)
{
    (void)event;
    --((NetWorld *)user)->payloads;
}

/* Books that lie are found: a count too many, and a message that vanished from the queue. */
static void
test_cooked_books(void)
{
    g_autoptr(GString) report = g_string_new(NULL);
    NetWorld w;

    net_world_init(&w, 1, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    net_world_send(&w, edge, 1, 1);
    sim_net_class(w.net, 0)->fates[SIM_FATE_LOSS]++;
    CU_ASSERT(!sim_net_books_balance(w.net, report));
    TEST_STR_EQUAL(report->str,
                   "link class 0: sent 1, accounted for 2: delivered 0, loss 1, queue 0,"
                   " cut 0, down 0, closed 0, in-flight 0, checksum 0, pending 1\n");
    sim_net_class(w.net, 0)->fates[SIM_FATE_LOSS]--;
    CU_ASSERT(sim_net_books_balance(w.net, NULL));
    sim_engine_drain(w.engine, drop_silently, &w);
    CU_ASSERT(!sim_net_books_balance(w.net, NULL));
    sim_net_class(w.net, 0)->sent--;
#if SIM_NET_EDGE_BOOKS
    sim_net_edge_book(w.net, edge)->sent--;
#endif
    net_world_clear(&w);
}

static void
test_fate_names(void)
{
    TEST_STR_EQUAL(sim_fate_name(SIM_FATE_DELIVERED), "delivered");
    TEST_STR_EQUAL(sim_fate_name(SIM_FATE_IN_FLIGHT), "in-flight");
    for (int i = 0; i < SIM_FATE_COUNT; i++)
        for (int j = 0; j < i; j++)
            CU_ASSERT(strcmp(sim_fate_name((SimFate)i), sim_fate_name((SimFate)j)) != 0);
}

static void
test_spec_check(void)
{
    SimLinkSpec good = sim_link_spec_default(), bad;
    const char *why = NULL;

    CU_ASSERT(sim_link_spec_check(&good, &why));
    CU_ASSERT(why == NULL);
    bad = good;
    bad.min = -1;
    CU_ASSERT(!sim_link_spec_check(&bad, &why));
    bad = good;
    bad.jitter = -1;
    CU_ASSERT(!sim_link_spec_check(&bad, &why));
    bad = good;
    bad.loss_ppb = 1000000001;
    CU_ASSERT(!sim_link_spec_check(&bad, &why));
    bad = good;
    bad.small_extra = -1;
    CU_ASSERT(!sim_link_spec_check(&bad, &why));
    uint32_t *const portions[] = {&bad.bad_loss_ppb,  &bad.to_bad_ppb,  &bad.to_good_ppb,
                                  &bad.duplicate_ppb, &bad.reorder_ppb, &bad.corrupt_ppb};
    for (size_t i = 0; i < G_N_ELEMENTS(portions); i++) {
        bad = good;
        *portions[i] = 1000000000;
        CU_ASSERT(sim_link_spec_check(&bad, NULL));
        *portions[i] = 1000000001;
        CU_ASSERT(!sim_link_spec_check(&bad, NULL));
    }
    bad = good;
    bad.transport = (SimTransport)2;
    CU_ASSERT(!sim_link_spec_check(&bad, NULL));
    bad = good;
    bad.latency = sim_distribution_uniform(2, 1);
    why = NULL;
    CU_ASSERT(!sim_link_spec_check(&bad, &why));
    CU_ASSERT(why != NULL);
}

/* Links that differ in any one field are different classes. */
static void
test_classes(void)
{
    static const SimTime value = 5;
    SimLinkSpec specs[19];
    NetWorld w;

    net_world_init(&w, 1, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(specs); i++)
        specs[i] = sim_link_spec_default();
    specs[1].latency.a = 1;
    specs[2].min = 1;
    specs[3].jitter = 1;
    specs[4].small_extra = 1;
    specs[5].rate_bps = 1;
    specs[6].queue_bytes = 1;
    specs[7].loss_ppb = 1;
    specs[8].bad_loss_ppb = 1;
    specs[9].to_bad_ppb = 1;
    specs[10].to_good_ppb = 1;
    specs[11].duplicate_ppb = 1;
    specs[12].reorder_ppb = 1;
    specs[13].corrupt_ppb = 1;
    specs[14].transport = SIM_TRANSPORT_STREAM;
    specs[15].fifo = false;
    specs[16].per_link = true;
    for (uint32_t i = 17; i < 19; i++) { /* two tables, though of the same value */
        CU_ASSERT_EQUAL(sim_net_add_times(w.net, &value, 1), i - 17);
        specs[i].latency = sim_distribution_empirical(sim_net_times(w.net, i - 17));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(specs); i++)
        CU_ASSERT_EQUAL(sim_link_spec_equal(&specs[i], &specs[0]), i == 0);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < G_N_ELEMENTS(specs); i++) {
            sim_net_set_link(w.net, edge, &specs[i]);
            CU_ASSERT(sim_net_link(w.net, edge) == sim_net_class_link(w.net, (uint32_t)i));
        }
        CU_ASSERT_EQUAL(sim_net_class_count(w.net), G_N_ELEMENTS(specs));
    }
    net_world_clear(&w);
}

TEST_SUITE(net, {"default-latency", test_default_latency}, {"min-and-jitter", test_min_and_jitter},
           {"draw per link", test_draw_per_link},
           {"draw per link, again", test_draw_per_link_again}, {"fifo", test_fifo},
           {"one-ns-at-least", test_one_ns_at_least}, {"loss-rate", test_loss_rate},
           {"loss-shares-draws", test_loss_shares_draws}, {"rate", test_rate},
           {"serialisation", test_serialisation}, {"down", test_down}, {"closed", test_closed},
           {"closed-often", test_closed_often}, {"closed-with-a-queue", test_closed_with_a_queue},
           {"edges", test_edges}, {"many-edges", test_many_edges}, {"books", test_books},
           {"cooked-books", test_cooked_books}, {"fate-names", test_fate_names},
           {"spec-check", test_spec_check}, {"classes", test_classes})
