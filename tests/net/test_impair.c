/* What links and impairments do to single messages: loss in runs, copies, disorder, damage, and
 * that each leaves the draws of everything else alone.
 */
#include "sim/net/net.h"
#include "sim/net/net_private.h"
#include "tests/harness/harness.h"
#include "tests/net/world.h"

#include <math.h>
#include <stdio.h>

#define PERCENT 10000000u

static SimLinkSpec
plain_link(void)
{
    SimLinkSpec spec = sim_link_spec_default();

    spec.latency = sim_distribution_constant(10 * SIM_MS);
    return spec;
}

static void
check_between(double value, double low, double high, const char *what)
{
    char text[96];

    snprintf(text, sizeof text, "%s: %g, want %g..%g", what, value, low, high);
    CU_assertImplementation(value >= low && value <= high, __LINE__, text, __FILE__, "", CU_FALSE);
}

/* -- Gilbert-Elliott ------------------------------------------------------------------------ */

#define BURSTY_N 400000

/* good loses nothing and bad all, so the states are seen: of a chain with to-bad p = 1% and to-good
 * r = 20% the bad share is p / (p + r) = 1/21 and runs of it are geometric with mean 1 / r = 5,
 * standard deviation sqrt(1 - r) / r = 4.47. The share's standard error is that of n independent
 * draws times sqrt((1 + l) / (1 - l)) with l = 1 - p - r; bounds are 4.5 standard errors. */
static void
test_gilbert_bursts(void)
{
    SimLinkSpec spec = plain_link();
    int lost = 0, bursts = 0;
    bool before = false;
    double share = 1 / 21.0, error;
    NetWorld w;

    spec.bad_loss_ppb = 100 * PERCENT;
    spec.to_bad_ppb = 1 * PERCENT;
    spec.to_good_ppb = 20 * PERCENT;
    net_world_init(&w, 7, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    sim_net_set_link(w.net, edge, &spec);
    for (int i = 0; i < BURSTY_N; i++) {
        guint fates = w.fates->len;

        net_world_send(&w, edge, 0, 1);
        bool is_lost = w.fates->len > fates; /* at once */
        lost += is_lost;
        bursts += is_lost && !before;
        before = is_lost;
    }
    error = 4.5 * sqrt(share * (1 - share) / BURSTY_N * (1 + 0.79) / (1 - 0.79));
    check_between((double)lost / BURSTY_N, share - error, share + error, "share lost");
    error = 4.5 * 4.47 / sqrt(bursts);
    check_between((double)lost / bursts, 5 - error, 5 + error, "mean burst");
    net_world_run(&w, SIM_S);
    net_world_clear(&w);
}

/* Loss in both states: the long-run loss is (r good + p bad) / (p + r). */
static void
test_gilbert_mixed(void)
{
    SimLinkSpec spec = plain_link();
    double want = (0.3 * 0.02 + 0.1 * 0.5) / 0.4, n = 200000, got;
    NetWorld w;

    spec.loss_ppb = 2 * PERCENT;
    spec.bad_loss_ppb = 50 * PERCENT;
    spec.to_bad_ppb = 10 * PERCENT;
    spec.to_good_ppb = 30 * PERCENT;
    net_world_init(&w, 8, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    sim_net_set_link(w.net, edge, &spec);
    for (int i = 0; i < (int)n; i++)
        net_world_send(&w, edge, 0, 1);
    got = (double)sim_net_fate_count(w.net, SIM_FATE_LOSS) / n;
    check_between(got, want - 0.0055, want + 0.0055, "loss"); /* 4.5 errors of 0.0012 */
    net_world_clear(&w);
}

/* The state a message meets depends on how many were sent, not on what became of them. */
static void
test_gilbert_and_cut(void)
{
    static const uint32_t from[] = {0}, to[] = {1};
    SimLinkSpec spec = plain_link();
    bool lost[11][200] = {{false}};

    spec.bad_loss_ppb = 100 * PERCENT;
    spec.to_bad_ppb = spec.to_good_ppb = 20 * PERCENT; /* two that differ once differ for ever */
    for (int cut = 0; cut < 11; cut++) {
        NetWorld w;
        uint32_t id = 0;

        net_world_init(&w, 9, "ab");
        uint32_t edge = net_world_edge(&w, 0, 1);
        sim_net_set_link(w.net, edge, &spec);
        for (int i = 0; i < 200; i++) {
            if (cut && i == 50)
                id = sim_net_oneway(w.net, &(SimCutSpec){0}, from, 1, to, 1);
            if (cut && i == 60 + 2 * cut)
                sim_net_heal(w.net, id);
            uint64_t before = sim_net_fate_count(w.net, SIM_FATE_LOSS);

            net_world_send(&w, edge, 0, 1);
            lost[cut][i] = sim_net_fate_count(w.net, SIM_FATE_LOSS) > before;
        }
        net_world_clear(&w);
    }
    for (int cut = 1; cut < 11; cut++)
        for (int i = 0; i < 200; i++)
            if (i < 50 || i >= 60 + 2 * cut)
                CU_ASSERT_EQUAL(lost[0][i], lost[cut][i]);
}

/* -- copies, disorder, damage --------------------------------------------------------------- */

static void
test_duplicate(void)
{
    SimLinkSpec spec = plain_link();
    NetWorld w;

    spec.latency = sim_distribution_exponential(50 * SIM_MS);
    spec.duplicate_ppb = 30 * PERCENT;
    net_world_init(&w, 3, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    sim_net_set_link(w.net, edge, &spec);
    for (int i = 0; i < 10000; i++) {
        net_world_run(&w, i * SIM_S);
        net_world_send(&w, edge, (uint8_t)i, 1);
    }
    CU_ASSERT(w.payloads > 0);
    net_world_run(&w, 20000 * SIM_S);
    check_between((double)w.delivered->len - 10000, 2794, 3206, "copies"); /* 3000, 45.8 */
    CU_ASSERT_EQUAL(sim_net_sent(w.net), w.delivered->len);
    for (guint i = 1; i < w.delivered->len; i++) {
        const NetRow *row = net_world_delivered(&w, i), *last = net_world_delivered(&w, i - 1);

        CU_ASSERT(row->due > last->due);
        CU_ASSERT(row->kind == last->kind || row->kind == (uint8_t)(last->kind + 1));
    }
    net_world_clear(&w);
}

static void
test_reorder(void)
{
    SimLinkSpec spec = plain_link();
    int late = 0;
    NetWorld w;

    spec.reorder_ppb = 20 * PERCENT;
    net_world_init(&w, 4, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    sim_net_set_link(w.net, edge, &spec);
    for (int i = 0; i < 5000; i++) {
        net_world_run(&w, i * SIM_MS);
        net_world_send(&w, edge, (uint8_t)i, 1);
    }
    net_world_run(&w, SIM_MIN);
    CU_ASSERT_EQUAL(w.delivered->len, 5000);
    for (guint i = 0; i < w.delivered->len; i++) {
        const NetRow *row = net_world_delivered(&w, i);
        SimTime took = row->due - row->sent;

        CU_ASSERT(took == 10 * SIM_MS || took == 20 * SIM_MS); /* those behind are not held back */
        late += took == 20 * SIM_MS;
    }
    check_between(late, 873, 1127, "reordered"); /* 1000, 28.3 */
    net_world_clear(&w);
}

static void
test_corrupt(void)
{
    SimLinkSpec spec = plain_link();
    NetWorld w;

    spec.corrupt_ppb = 50 * PERCENT;
    net_world_init(&w, 5, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1), damaged = 0;
    sim_net_set_link(w.net, edge, &spec);
    for (int i = 0; i < 1000; i++)
        net_world_send(&w, edge, 0, 1);
    net_world_run(&w, SIM_S);
    check_between((double)sim_net_fate_count(w.net, SIM_FATE_CHECKSUM), 428, 572, "seen");
    for (guint i = 0; i < w.fates->len; i++)
        CU_ASSERT_EQUAL(net_world_fate(&w, i)->corrupt != 0,
                        net_world_fate(&w, i)->fate == SIM_FATE_CHECKSUM);
    w.takes_corrupt = true;
    g_array_set_size(w.delivered, 0);
    for (int i = 0; i < 1000; i++)
        net_world_send(&w, edge, 0, 1);
    net_world_run(&w, 2 * SIM_S);
    CU_ASSERT_EQUAL(w.delivered->len, 1000);
    for (guint i = 0; i < w.delivered->len; i++)
        damaged += net_world_delivered(&w, i)->corrupt != 0;
    check_between(damaged, 428, 572, "not seen"); /* 500, 15.8 */
    w.net->ops.intact = NULL;                     /* nobody to ask: all are seen */
    spec.corrupt_ppb = 100 * PERCENT;
    sim_net_set_link(w.net, edge, &spec);
    net_world_send(&w, edge, 0, 1);
    net_world_run(&w, 3 * SIM_S);
    CU_ASSERT_EQUAL(net_world_fate(&w, w.fates->len - 1)->fate, SIM_FATE_CHECKSUM);
    g_array_set_size(w.delivered, (guint)sim_net_fate_count(w.net, SIM_FATE_DELIVERED));
    net_world_clear(&w);
}

static void
test_small(void)
{
    SimLinkSpec spec = plain_link();
    NetWorld w;

    spec.small_extra = 7 * SIM_MS;
    net_world_init(&w, 1, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    sim_net_set_link(w.net, edge, &spec);
    net_world_send(&w, edge, 1, 1000);
    net_world_send(&w, edge, 2, 999);
    net_world_run(&w, SIM_S);
    CU_ASSERT_EQUAL(net_world_delivered(&w, 0)->due, 10 * SIM_MS);
    CU_ASSERT_EQUAL(net_world_delivered(&w, 1)->due, 17 * SIM_MS);
    net_world_clear(&w);
}

/* -- impairments ---------------------------------------------------------------------------- */

/* The fates and times of n messages of kinds 0, 1, 2, 0 … under some impairments, as text. */
static char *
course(const SimImpairSpec *specs, int count, int n)
{
    SimLinkSpec link = plain_link();
    GString *out = g_string_new(NULL);
    NetWorld w;

    link.latency = sim_distribution_lognormal(80 * SIM_MS, SIM_PPB / 2);
    link.jitter = SIM_MS;
    link.loss_ppb = 5 * PERCENT;
    link.fifo = false;
    net_world_init(&w, 11, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    sim_net_set_link(w.net, edge, &link);
    for (int i = 0; i < count; i++)
        CU_ASSERT_EQUAL(sim_net_impair(w.net, &specs[i]), (uint32_t)i);
    for (int i = 0; i < n; i++) {
        net_world_run(&w, i * SIM_S);
        net_world_send(&w, edge, (uint8_t)(i % 3), 1);
    }
    net_world_run(&w, SIM_DAY);
    for (guint i = 0; i < w.fates->len; i++) {
        const NetRow *row = net_world_fate(&w, i);

        g_string_append_printf(out, "%" G_GINT64_FORMAT " %u %" G_GINT64_FORMAT " %s\n", row->sent,
                               row->kind, row->due, sim_fate_name(row->fate));
    }
    net_world_clear(&w);
    return g_string_free(out, FALSE);
}

/* Each kind at rate 0, and each aimed elsewhere at rate 1, changes nothing to the nanosecond. */
static void
test_impair_of_nothing(void)
{
    static const uint32_t a[] = {0}, b[] = {1};
    g_autofree char *without = course(NULL, 0, 300);

    for (int kind = SIM_IMPAIR_LOSS; kind <= SIM_IMPAIR_CORRUPT; kind++) {
        const SimImpairSpec none = {
            (SimImpairKind)kind, 0, 0, SIM_KINDS_ALL, 0, true, NULL, 0, NULL, 0};
        const SimImpairSpec turned = {
            (SimImpairKind)kind, 100 * PERCENT, SIM_S, SIM_KINDS_ALL, 0, false, b, 1, a, 1};
        const SimImpairSpec other = {
            (SimImpairKind)kind, 100 * PERCENT, SIM_S, 1u << 3, 0, false, a, 1, b, 1};
        g_autofree char *at_zero = course(&none, 1, 300);
        g_autofree char *way_back = course(&turned, 1, 300);
        g_autofree char *other_kind = course(&other, 1, 300);

        TEST_STR_EQUAL(at_zero, without);
        TEST_STR_EQUAL(way_back, without);
        TEST_STR_EQUAL(other_kind, without);
    }
}

static guint
count_in(const char *text, const char *word)
{
    g_auto(GStrv) parts = g_strsplit(text, word, -1);

    return g_strv_length(parts) - 1;
}

/* Two of 30% and the link's 5% lose 1 - 0.95 * 0.7 * 0.7 = 53.45%; a kind not meant 5%. */
static void
test_impairs_compose(void)
{
    const SimImpairSpec two[] = {
        {SIM_IMPAIR_LOSS, 30 * PERCENT, 0, 1u << 0 | 1u << 1, 0, true, NULL, 0, NULL, 0},
        {SIM_IMPAIR_LOSS, 30 * PERCENT, 0, 1u << 0 | 1u << 1, 0, true, NULL, 0, NULL, 0},
        {SIM_IMPAIR_DELAY, 0, 5 * SIM_S, 1u << 2, 0, true, NULL, 0, NULL, 0},
        {SIM_IMPAIR_DELAY, 0, 2 * SIM_S, 1u << 2, 0, true, NULL, 0, NULL, 0},
    };
    g_autofree char *text = course(two, 4, 9000);
    g_auto(GStrv) rows = g_strsplit(text, "\n", -1);
    int lost[3] = {0};

    for (int i = 0; rows[i] != NULL && rows[i][0] != '\0'; i++) {
        gint64 sent, due;
        char *rest = rows[i];
        guint kind;

        sent = g_ascii_strtoll(rest, &rest, 10);
        kind = (guint)g_ascii_strtoull(rest, &rest, 10);
        due = g_ascii_strtoll(rest, &rest, 10);
        CU_ASSERT_FATAL(kind < 3);
        lost[kind] += count_in(rest, "loss") > 0;
        CU_ASSERT_EQUAL(due - sent > 7 * SIM_S, kind == 2);
    }
    check_between(lost[0], 1480, 1727, "kind 0"); /* 1603.5, 27.3 */
    check_between(lost[1], 1480, 1727, "kind 1");
    check_between(lost[2], 96, 204, "kind 2"); /* 150, 11.9 */
    CU_ASSERT_EQUAL(sim_ppb_either(100 * PERCENT, 30 * PERCENT), 100 * PERCENT);
    CU_ASSERT_EQUAL(sim_ppb_either(50 * PERCENT, 50 * PERCENT), 75 * PERCENT);
}

/* It strikes in the bad state too. */
static void
test_impair_in_bad_state(void)
{
    const SimImpairSpec spec = {
        SIM_IMPAIR_LOSS, 100 * PERCENT, 0, SIM_KINDS_ALL, 0, true, NULL, 0, NULL, 0};
    SimLinkSpec link = plain_link();
    NetWorld w;

    link.to_bad_ppb = 100 * PERCENT;
    net_world_init(&w, 1, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    sim_net_set_link(w.net, edge, &link);
    net_world_send(&w, edge, 1, 1);
    net_world_send(&w, edge, 2, 1); /* in the bad state, which by itself loses nothing */
    sim_net_impair(w.net, &spec);
    net_world_send(&w, edge, 3, 1);
    net_world_run(&w, SIM_S);
    CU_ASSERT_EQUAL(w.delivered->len, 2);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_LOSS), 1);
    net_world_clear(&w);
}

/* -- the layout of draws -------------------------------------------------------------------- */

static uint64_t
draw_of(const SimNet *net, uint32_t edge, uint64_t message, unsigned place)
{
    SimCounter c;

    sim_counter_init_at(&c, sim_key_combine(11, sim_key("link")), sim_net_edge_key(net, edge),
                        64 * message + place);
    return sim_counter_next(&c);
}

static bool
halves(const SimNet *net, uint32_t edge, uint64_t message, unsigned place)
{
    return draw_of(net, edge, message, place) >> 63 == 0; /* below 50% */
}

static SimTime
delay_of(const SimNet *net, uint32_t edge, uint64_t message, unsigned first)
{
    SimTime latency = (SimTime)(draw_of(net, edge, message, first + 8) >> 32);

    return latency + (SimTime)(draw_of(net, edge, message, first + 1) >> 34);
}

/* Every draw of 100 messages, found again by its place as net.h gives it. Ranges that are powers
 * of two make a draw its own top bits. */
static void
test_layout(void)
{
    SimLinkSpec link = plain_link();
    NetWorld w;

    link.latency = sim_distribution_uniform(0, (INT64_C(1) << 32) - 1);
    link.jitter = (INT64_C(1) << 30) - 1;
    link.loss_ppb = link.duplicate_ppb = link.reorder_ppb = link.corrupt_ppb = 50 * PERCENT;
    link.fifo = false;
    net_world_init(&w, 11, "ab");
    w.takes_corrupt = true;
    uint32_t edge = net_world_edge(&w, 0, 1);
    sim_net_set_link(w.net, edge, &link);
    for (uint64_t n = 0; n < 100; n++) {
        SimTime start = (SimTime)n * SIM_MIN, due;
        bool copied = halves(w.net, edge, n, 3), lost = halves(w.net, edge, n, 0);

        net_world_run(&w, start);
        g_array_set_size(w.delivered, 0);
        net_world_send(&w, edge, 0, 1);
        net_world_run(&w, start + 50 * SIM_S);
        CU_ASSERT_EQUAL_FATAL(w.delivered->len, lost ? 0 : copied ? 2 : 1);
        if (lost)
            continue;
        due = start + delay_of(w.net, edge, n, 0);
        if (halves(w.net, edge, n, 4))
            due += (SimTime)(draw_of(w.net, edge, n, 16) >> 32);
        CU_ASSERT_EQUAL(net_world_delivered(&w, 0)->due, due);
        CU_ASSERT_EQUAL(net_world_delivered(&w, 0)->corrupt,
                        halves(w.net, edge, n, 5) ? draw_of(w.net, edge, n, 6) : 0);
        if (!copied)
            continue;
        CU_ASSERT_EQUAL(net_world_delivered(&w, 1)->due,
                        MAX(start + delay_of(w.net, edge, n, 32), due + 1));
        CU_ASSERT_EQUAL(net_world_delivered(&w, 1)->corrupt,
                        halves(w.net, edge, n, 37) ? draw_of(w.net, edge, n, 38) : 0);
    }
    g_array_set_size(w.delivered, (guint)sim_net_fate_count(w.net, SIM_FATE_DELIVERED));
    net_world_clear(&w);
}

/* The tries of a stream on a link whose states change half of the time and lose all or nothing. */
static void
test_layout_of_stream(void)
{
    static const SimTime waits[] = {0, 1, 3, 7, 15, 31, 60};
    SimLinkSpec link = plain_link();
    bool bad = false, is_lost;
    NetWorld w;

    link.transport = SIM_TRANSPORT_STREAM;
    link.loss_ppb = 50 * PERCENT;
    link.bad_loss_ppb = 100 * PERCENT;
    link.to_bad_ppb = link.to_good_ppb = 50 * PERCENT;
    net_world_init(&w, 11, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    sim_net_set_link(w.net, edge, &link);
    for (uint64_t n = 0; n < 200; n++) {
        bool now = bad;
        unsigned k = 0;

        net_world_run(&w, (SimTime)n * SIM_HOUR);
        sim_net_set_edge_open(w.net, edge, true);
        net_world_send(&w, edge, 0, 1);
        for (;; k++) {
            is_lost = now || halves(w.net, edge, n, k == 0 ? 0 : 32 + k);
            if (!is_lost || k == 6)
                break;
            now ^= halves(w.net, edge, n, 48 + k);
        }
        bad ^= halves(w.net, edge, n, 2);
        net_world_run(&w, (SimTime)n * SIM_HOUR + 2 * SIM_MIN);
        CU_ASSERT_EQUAL_FATAL(w.fates->len, n + 1);
        CU_ASSERT_EQUAL(net_world_fate(&w, (guint)n)->fate,
                        is_lost ? SIM_FATE_CLOSED : SIM_FATE_DELIVERED);
        CU_ASSERT_EQUAL(net_world_fate(&w, (guint)n)->due - (SimTime)n * SIM_HOUR,
                        waits[k] * SIM_S + (is_lost ? 0 : 10 * SIM_MS));
    }
    net_world_clear(&w);
}

/* A higher rate loses what a lower one loses, and more. */
static void
test_impair_grows(void)
{
    const SimImpairSpec low = {
        SIM_IMPAIR_LOSS, 10 * PERCENT, 0, SIM_KINDS_ALL, 0, true, NULL, 0, NULL, 0};
    const SimImpairSpec high = {
        SIM_IMPAIR_LOSS, 40 * PERCENT, 0, SIM_KINDS_ALL, 0, true, NULL, 0, NULL, 0};
    g_autofree char *few = course(&low, 1, 300);
    g_autofree char *many = course(&high, 1, 300);
    g_auto(GStrv) rows = g_strsplit(few, "\n", -1);

    CU_ASSERT(count_in(many, "loss") > count_in(few, "loss"));
    for (int i = 0; rows[i] != NULL; i++)
        if (g_str_has_suffix(rows[i], "loss"))
            CU_ASSERT_EQUAL(count_in(many, rows[i]), 1);
}

static void
test_impair_ends(void)
{
    static const uint32_t a[] = {0}, b[] = {1};
    SimImpairSpec spec = {SIM_IMPAIR_LOSS, 100 * PERCENT, 0, SIM_KINDS_ALL, 0, false, a, 1, b, 1};
    NetWorld w;

    net_world_init(&w, 1, "ab");
    uint32_t edge = net_world_edge(&w, 0, 1);
    uint32_t loss = sim_net_impair(w.net, &spec);
    net_world_send(&w, edge, 1, 1);
    net_world_send(&w, edge ^ 1, 2, 1);
    sim_net_add_node(w.net, "later");
    net_world_send(&w, net_world_edge(&w, 2, 1), 3, 1);
    CU_ASSERT(sim_net_impair_end(w.net, loss));
    CU_ASSERT(!sim_net_impair_end(w.net, loss));
    net_world_send(&w, edge, 4, 1);
    spec.kind = SIM_IMPAIR_DUPLICATE;
    uint32_t copies = sim_net_impair(w.net, &spec);
    CU_ASSERT_EQUAL(copies, 1);
    net_world_send(&w, edge, 5, 1);
    sim_net_impair_end(w.net, copies);
    spec.kind = SIM_IMPAIR_CORRUPT;
    spec.kinds = 1; /* kind 70 has no bit */
    sim_net_impair(w.net, &spec);
    net_world_send(&w, edge, 70, 1);
    net_world_run(&w, SIM_S);
    CU_ASSERT_EQUAL(w.delivered->len, 6);
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_LOSS), 1);
    CU_ASSERT_EQUAL(sim_net_sent(w.net), 7);
    net_world_clear(&w);
}

TEST_SUITE(impair, {"gilbert-bursts", test_gilbert_bursts}, {"gilbert-mixed", test_gilbert_mixed},
           {"gilbert-and-cut", test_gilbert_and_cut}, {"duplicate", test_duplicate},
           {"reorder", test_reorder}, {"corrupt", test_corrupt}, {"small", test_small},
           {"impair-of-nothing", test_impair_of_nothing}, {"impairs-compose", test_impairs_compose},
           {"impair-in-bad-state", test_impair_in_bad_state}, {"layout", test_layout},
           {"layout-of-stream", test_layout_of_stream}, {"impair-grows", test_impair_grows},
           {"impair-ends", test_impair_ends})
