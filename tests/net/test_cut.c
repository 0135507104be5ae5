/* Partitions: who hears whom, when sent and when due. */
#include "tests/harness/harness.h"
#include "tests/net/world.h"

enum { A, B, C, D, E };

static const SimCutSpec plain = {SIM_CUT_DROP, 0};

static uint32_t
cut_two(NetWorld *w, const uint32_t *left, size_t left_count, const uint32_t *right,
        size_t right_count)
{
    const uint32_t *groups[] = {left, right};
    size_t sizes[] = {left_count, right_count};

    return sim_net_partition(w->net, &plain, 2, groups, sizes);
}

static void
test_who_hears_whom(void)
{
    static const uint32_t left[] = {A, B}, right[] = {C};
    NetWorld w;

    net_world_init(&w, 1, "abcde");
    uint32_t cut = cut_two(&w, left, 2, right, 1);
    CU_ASSERT(sim_net_separated(w.net, A, C));
    CU_ASSERT(sim_net_separated(w.net, C, B));
    CU_ASSERT(!sim_net_separated(w.net, A, B));
    CU_ASSERT(!sim_net_separated(w.net, A, D)); /* unnamed: untouched */
    CU_ASSERT(!sim_net_separated(w.net, D, C));
    for (int i = 0; i < 100; i++)
        sim_net_add_node(w.net, "later");
    CU_ASSERT(!sim_net_separated(w.net, A, 5));
    CU_ASSERT(!sim_net_separated(w.net, A, 104));
    CU_ASSERT(!sim_net_separated(w.net, 104, A));
    CU_ASSERT(sim_net_heal(w.net, cut));
    CU_ASSERT(!sim_net_separated(w.net, A, C));
    CU_ASSERT(!sim_net_heal(w.net, cut)); /* had ended already */
    net_world_clear(&w);
}

static void
test_sent_and_due(void)
{
    static const uint32_t left[] = {A}, right[] = {B};
    NetWorld w;

    net_world_init(&w, 1, "ab");
    uint32_t ab = net_world_edge(&w, A, B);
    net_world_send(&w, ab, 1, 1); /* due in the cut */
    net_world_run(&w, 20 * SIM_MS);
    uint32_t cut = cut_two(&w, left, 1, right, 1);
    net_world_run(&w, 60 * SIM_MS);
    net_world_send(&w, ab, 2, 1);     /* sent in the cut, would be due after */
    net_world_send(&w, ab ^ 1, 3, 1); /* both ways */
    CU_ASSERT_EQUAL(sim_net_fate_count(w.net, SIM_FATE_CUT), 3);
    net_world_run(&w, 70 * SIM_MS);
    CU_ASSERT(sim_net_heal(w.net, cut));
    net_world_send(&w, ab, 4, 1);
    net_world_run(&w, SIM_S);
    CU_ASSERT_EQUAL_FATAL(w.delivered->len, 1);
    CU_ASSERT_EQUAL(net_world_delivered(&w, 0)->kind, 4);
    CU_ASSERT_EQUAL(net_world_fate(&w, 0)->kind, 1);
    CU_ASSERT_EQUAL(net_world_fate(&w, 0)->due, 50 * SIM_MS);
    CU_ASSERT_EQUAL(net_world_fate(&w, 1)->due, 60 * SIM_MS); /* at the sending */
    net_world_clear(&w);
}

/* A cut that begins and ends while a message is under way does not touch it. */
static void
test_between_sent_and_due(void)
{
    static const uint32_t left[] = {A}, right[] = {B};
    NetWorld w;

    net_world_init(&w, 1, "ab");
    net_world_send(&w, net_world_edge(&w, A, B), 1, 1);
    net_world_run(&w, 20 * SIM_MS);
    uint32_t cut = cut_two(&w, left, 1, right, 1);
    net_world_run(&w, 40 * SIM_MS);
    sim_net_heal(w.net, cut);
    net_world_run(&w, SIM_S);
    CU_ASSERT_EQUAL(w.delivered->len, 1);
    net_world_clear(&w);
}

static void
test_composed(void)
{
    static const uint32_t ab[] = {A, B}, cd[] = {C, D}, ac[] = {A, C}, bd[] = {B, D};
    NetWorld w;

    net_world_init(&w, 1, "abcd");
    net_world_run(&w, SIM_S);
    uint32_t x = cut_two(&w, ab, 2, cd, 2);
    net_world_run(&w, 2 * SIM_S);
    uint32_t y = cut_two(&w, ac, 2, bd, 2);
    CU_ASSERT(sim_net_separated(w.net, A, B)); /* y alone */
    CU_ASSERT(sim_net_separated(w.net, A, C)); /* x alone */
    CU_ASSERT(sim_net_separated(w.net, A, D)); /* both */
    net_world_run(&w, 3 * SIM_S);
    CU_ASSERT(sim_net_heal(w.net, x));
    CU_ASSERT(!sim_net_separated(w.net, A, C));
    CU_ASSERT(sim_net_separated(w.net, A, D));
    CU_ASSERT_EQUAL(sim_net_cut_start(w.net, x), SIM_S);
    CU_ASSERT_EQUAL(sim_net_cut_end(w.net, x), 3 * SIM_S);
    CU_ASSERT_EQUAL(sim_net_cut_end(w.net, y), SIM_TIME_NEVER);
    CU_ASSERT(sim_net_cut_active(w.net, y) && !sim_net_cut_active(w.net, x));
    cut_two(&w, ab, 2, cd, 2);
    CU_ASSERT_EQUAL(sim_net_heal_all(w.net), 2);
    CU_ASSERT_EQUAL(sim_net_heal_all(w.net), 0);
    CU_ASSERT(!sim_net_separated(w.net, A, D));
    CU_ASSERT_EQUAL(sim_net_cut_end(w.net, y), 3 * SIM_S);
    net_world_clear(&w);
}

static void
test_groups_shared(void)
{
    static const uint32_t left[] = {A, B, E}, right[] = {C, D, E};
    NetWorld w;

    net_world_init(&w, 1, "abcde");
    cut_two(&w, left, 3, right, 3); /* e is in both */
    CU_ASSERT(sim_net_separated(w.net, A, C));
    for (uint32_t i = A; i < E; i++)
        CU_ASSERT(!sim_net_separated(w.net, i, E) && !sim_net_separated(w.net, E, i));
    net_world_clear(&w);
}

/* More groups than bits in a word. */
static void
test_many_groups(void)
{
    uint32_t nodes[150];
    const uint32_t *groups[150];
    size_t sizes[150];
    NetWorld w;

    net_world_init(&w, 1, "");
    for (uint32_t i = 0; i < 150; i++) {
        nodes[i] = sim_net_add_node(w.net, "n");
        groups[i] = &nodes[i];
        sizes[i] = 1;
    }
    sim_net_partition(w.net, &plain, 150, groups, sizes);
    for (uint32_t i = 0; i < 150; i++)
        for (uint32_t j = 0; j < 150; j++)
            CU_ASSERT_EQUAL(sim_net_separated(w.net, i, j), i != j);
    net_world_clear(&w);
}

static void
test_oneway(void)
{
    static const uint32_t from[] = {A}, to[] = {B, C};
    NetWorld w;

    net_world_init(&w, 1, "abcd");
    uint32_t ab = net_world_edge(&w, A, B);
    sim_net_oneway(w.net, &plain, from, 1, to, 2);
    CU_ASSERT(sim_net_separated(w.net, A, B));
    CU_ASSERT(!sim_net_separated(w.net, B, A));
    CU_ASSERT(!sim_net_separated(w.net, B, C));
    CU_ASSERT(!sim_net_separated(w.net, A, D));
    net_world_send(&w, ab, 1, 1);
    net_world_send(&w, ab ^ 1, 2, 1);
    net_world_run(&w, SIM_S);
    CU_ASSERT_EQUAL_FATAL(w.delivered->len, 1);
    CU_ASSERT_EQUAL(net_world_delivered(&w, 0)->kind, 2);
    net_world_clear(&w);
}

static void
test_ring(void)
{
    static const uint32_t ring[] = {B, A, D, C};
    NetWorld w;

    net_world_init(&w, 1, "abcde");
    sim_net_partition_ring(w.net, &plain, ring, 4);
    CU_ASSERT(!sim_net_separated(w.net, B, A));
    CU_ASSERT(!sim_net_separated(w.net, A, D));
    CU_ASSERT(!sim_net_separated(w.net, D, C));
    CU_ASSERT(!sim_net_separated(w.net, C, B));
    CU_ASSERT(sim_net_separated(w.net, B, D));
    CU_ASSERT(sim_net_separated(w.net, C, A));
    CU_ASSERT(!sim_net_separated(w.net, A, E));
    CU_ASSERT(!sim_net_separated(w.net, A, A));
    net_world_clear(&w);
}

TEST_SUITE(cut, {"who-hears-whom", test_who_hears_whom}, {"sent-and-due", test_sent_and_due},
           {"between-sent-and-due", test_between_sent_and_due}, {"composed", test_composed},
           {"groups-shared", test_groups_shared}, {"many-groups", test_many_groups},
           {"oneway", test_oneway}, {"ring", test_ring})
