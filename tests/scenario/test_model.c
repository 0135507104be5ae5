/* The model: what a text means once everything is worked out. */
#include "tests/harness/harness.h"
#include "tests/scenario/scenario.h"

#include <string.h>

#define HEAL "scenarios/partition_heal.scn"

static ScnScenario *
heal(const char *const *overrides)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    ScnOptions options = {.overrides = overrides};
    ScnScenario *scenario = scn_parse_file(HEAL, &options, errors);
    scn_errors_print(errors, stderr, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    return scenario;
}

/* From a text that must parse. */
static const ScnNode *
node(const ScnScenario *scenario, const char *name)
{
    guint32 i = scn_scenario_find_node(scenario, name);
    CU_ASSERT_NOT_EQUAL_FATAL(i, SCN_NONE);
    return &g_array_index(scenario->nodes, ScnNode, i);
}

static void
check_share(const ScnScenario *scenario, const char *name, guint64 num, guint64 den)
{
    CU_ASSERT_EQUAL(node(scenario, name)->share_num, num);
    CU_ASSERT_EQUAL(node(scenario, name)->share_den, den);
}

static void
test_heal(void)
{
    g_autoptr(ScnScenario) s = heal(NULL);
    TEST_STR_EQUAL(s->title, "Partition and heal: the side with less work must reorganise");
    CU_ASSERT_EQUAL(s->seed, 1);
    CU_ASSERT_EQUAL(s->duration_ns, 31 * 60 * SCN_SECOND_NS);
    CU_ASSERT_EQUAL(s->nodes->len, 10);
    check_share(s, "a5", 3, 25);
    check_share(s, "b1", 2, 25);
    CU_ASSERT_EQUAL(s->links->len, 1);
    const ScnLinkRule *rule = s->links->pdata[0];
    CU_ASSERT(rule->every_edge);
    CU_ASSERT_EQUAL(rule->link.set, scn_test_link_bit("latency") | scn_test_link_bit("min") |
                                        scn_test_link_bit("loss") | scn_test_link_bit("rate"));
    CU_ASSERT_EQUAL(rule->link.latency.kind, SCN_DIST_LOGNORMAL);
    CU_ASSERT_EQUAL(rule->link.latency.a, 80000000);
    CU_ASSERT(rule->link.latency.shape == SCN_ONE / 2);
    CU_ASSERT(rule->link.loss == SCN_ONE / 1000);
    CU_ASSERT_EQUAL(rule->link.rate_bps, 20000000);
    CU_ASSERT_EQUAL(s->wallets->len, 3);
    CU_ASSERT_EQUAL(g_array_index(s->wallets, ScnWallet, 0).funds, 10 * SCN_TOKEN);
    CU_ASSERT_EQUAL(g_array_index(s->wallets, ScnWallet, 0).at, 0);
    CU_ASSERT_EQUAL(g_array_index(s->wallets, ScnWallet, 1).at, SCN_NONE);
    CU_ASSERT_EQUAL(g_array_index(s->txs, ScnTx, 1).amount, 9 * SCN_TOKEN);
    CU_ASSERT_EQUAL(g_array_index(s->txs, ScnTx, 1).nonce, 0);
    CU_ASSERT_EQUAL(s->timed->len, 6);
    CU_ASSERT_EQUAL(s->marks->len, 5);
    CU_ASSERT_EQUAL(s->cuts->len, 1);
    CU_ASSERT_EQUAL(s->checks->len, 7);
    CU_ASSERT_EQUAL(s->measures->len, 2);
    const ScnTimed *first = s->timed->pdata[0];
    CU_ASSERT_EQUAL(first->at_ns, 600 * SCN_SECOND_NS);
    const ScnItem *cut = first->items->pdata[1];
    CU_ASSERT_EQUAL(cut->kind, SCN_ITEM_PARTITION);
    CU_ASSERT_EQUAL(cut->for_ns, 600 * SCN_SECOND_NS);
    CU_ASSERT_EQUAL(cut->groups->len, 2);
    const ScnCheck *within = s->checks->pdata[2];
    CU_ASSERT_EQUAL(within->kind, SCN_CHECK_WITHIN);
    CU_ASSERT_EQUAL(within->within_ns, 60 * SCN_SECOND_NS);
    CU_ASSERT_EQUAL(within->at_ns, 1200 * SCN_SECOND_NS);
    CU_ASSERT(within->maybe);
    CU_ASSERT_EQUAL(within->place.line, 39);
    CU_ASSERT_EQUAL(within->place.column, 3);
    TEST_STR_EQUAL(within->text, "expect within $settle tip(all) == w unless wa == wb maybe");
    TEST_STR_EQUAL(scn_scenario_file(s, within->place), HEAL);
}

static void
test_heal_overrides(void)
{
    static const char *const overrides[] = {"side=3", "major=70%", "split=1d", NULL};
    g_autoptr(ScnScenario) s = heal(overrides);
    CU_ASSERT_EQUAL(s->nodes->len, 6);
    check_share(s, "a1", 7, 30);
    check_share(s, "b3", 1, 10);
    CU_ASSERT_EQUAL(s->duration_ns, (600 + 86400 + 4320 + 600) * SCN_SECOND_NS);
    g_autofree char *reproduce = scn_scenario_reproduce(s);
    TEST_STR_EQUAL(reproduce, "-P side=3 -P major=70% -P split=1d --seed 1");
    const ScnParam *param = &g_array_index(s->params, ScnParam, 2);
    TEST_STR_EQUAL(param->name, "split");
    TEST_STR_EQUAL(param->value, "1d");
    TEST_STR_EQUAL(param->default_value, "10m");
    TEST_STR_EQUAL(param->low, "1m");
    TEST_STR_EQUAL(param->help, "how long the cut lasts");
    CU_ASSERT(param->overridden);
}

static void
check_override(const char *override, const char *want)
{
    const char *const overrides[] = {override, NULL};
    g_autoptr(ScnErrors) errors = scn_errors_new();
    ScnOptions options = {.overrides = overrides};
    GString *out = g_string_new(NULL);
    CU_ASSERT_PTR_NULL(scn_parse_file(HEAL, &options, errors));
    scn_errors_format(errors, out, false);
    TEST_STR_EQUAL(out->str, want);
    g_string_free(out, TRUE);
}

static void
test_bad_overrides(void)
{
    check_override("splt=3h", "-P splt=3h: error: unknown param 'splt'\n"
                              "  splt=3h\n"
                              "  ^^^^\n"
                              "  help: write split\n");
    check_override("split=5s", "-P split=5s: error: 'split' must be in 1m..1d\n"
                               "  split=5s\n"
                               "        ^^\n"
                               "  help: write a value in 1m..1d\n");
    check_override("split=80", "-P split=80: error: 'split' needs a time with a unit\n"
                               "  split=80\n"
                               "        ^^\n"
                               "  help: write 80m\n");
    check_override("split=off", "-P split=off: error: 'split' needs a time with a unit\n"
                                "  split=off\n"
                                "        ^^^\n"
                                "  help: write a number with its unit\n"); /* it has a range */
    check_override("settle=5m", "-P settle=5m: error: 'settle' is a let\n"
                                "  settle=5m\n"
                                "  ^^^^^^\n"
                                "  help: only params can be given on the command line\n");
    check_override("split", "-P split: error: -P needs a name and a value\n"
                            "  split\n"
                            "  ^^^^^\n"
                            "  help: write -P name=value\n");
    check_override("split=", "-P split=: error: a value is due here\n"
                             "  split=\n"
                             "        ^\n");
}

static void
test_seed(void)
{
    static const char text[] = SCN_TEST_HEADER "seed 5\nseed 7\n";
    g_autoptr(ScnErrors) errors = scn_errors_new();
    ScnOptions options = {.seed_given = true, .seed = 99};
    g_autoptr(ScnScenario) given = scn_parse_text("t", text, strlen(text), &options, errors);
    g_autoptr(ScnScenario) own = scn_parse_text("t", text, strlen(text), NULL, errors);
    CU_ASSERT_EQUAL(given->seed, 99);
    CU_ASSERT_EQUAL(own->seed, 7);
}

static void
test_later_wins(void)
{
    g_autoptr(ScnScenario) s = scn_test_model("chain spacing=5s reward=1 halving=100\n"
                                              "chain reward=0.5\n"
                                              "protocol sync=off ack=on keepalive=1m\n"
                                              "protocol sync=7s backoff=2s..4s orphans=3\n"
                                              "limit wall=60s events=500 memory=4GB\n"
                                              "duration 2h\n"
                                              "param p = 5\n"
                                              "let q = ($p + 1)\n"
                                              "param p = 7\n"
                                              "seed $q\n");
    CU_ASSERT_EQUAL(s->chain.spacing_ns, 5 * SCN_SECOND_NS);
    CU_ASSERT_EQUAL(s->chain.reward, SCN_TOKEN / 2);
    CU_ASSERT_EQUAL(s->chain.halving, 100);
    CU_ASSERT_EQUAL(s->protocol.sync_ns, 7 * SCN_SECOND_NS);
    CU_ASSERT_EQUAL(s->protocol.ack, SCN_ACK_ON);
    CU_ASSERT_EQUAL(s->protocol.backoff_high_ns, 4 * SCN_SECOND_NS);
    CU_ASSERT_EQUAL(s->protocol.orphans, 3);
    CU_ASSERT_EQUAL(s->limit.events, 500);
    CU_ASSERT_EQUAL(s->limit.memory_bytes, 4000000000);
    CU_ASSERT_EQUAL(s->duration_ns, 7200 * SCN_SECOND_NS);
    CU_ASSERT_EQUAL(s->seed, 8);
    CU_ASSERT_EQUAL(s->params->len, 1);
}

static void
test_defaults(void)
{
    g_autoptr(ScnScenario) s = scn_test_model(
        "chain spacing=10s algorithm=fixed bits=0x1e0ffff0 window=144 clamp=4 half-life=1h \\\n"
        " limit-bits=0x1e0ffff0 \\\n"
        " pow=simulated fork-choice=most-work tie=first-seen maturity=10 reward=50 halving=none "
        "\\\n"
        " finality=none final-after=6 max-reorg=none unpark=none max-block=1MB mtp=11 "
        "max-future=2h \\\n"
        " min-fee=0 genesis-time=1700000000\n"
        "protocol relay=flood sync=5s keepalive=30s ack=auto request-timeout=5s \\\n"
        " backoff=1s..20s discovery=off outbound=8 inbound=125 orphans=100 ban=24h\n"
        "node c role=miner clock=0 drift=0 uplink=none downlink=none listen=yes mempool=5MB \\\n"
        " validate=0 start=0\n"
        "link all latency=50ms min=0 jitter=0 loss=0 duplicate=0 reorder=0 corrupt=0 rate=none \\\n"
        " queue=1MB order=fifo transport=datagram draw=message\n"
        "limit wall=none events=none memory=none\n"
        "topology mesh\n");
    g_autoptr(ScnScenario) without = scn_test_model("node c\n");

    CU_ASSERT_EQUAL(memcmp(&s->chain, &without->chain, sizeof s->chain), 0);
    CU_ASSERT_EQUAL(memcmp(&s->protocol, &without->protocol, sizeof s->protocol), 0);
    s->limit.wall_given = false; /* the one that says that it stands there */
    CU_ASSERT_EQUAL(memcmp(&s->limit, &without->limit, sizeof s->limit), 0);
    CU_ASSERT_EQUAL(node(s, "c")->mempool_bytes, node(without, "c")->mempool_bytes);
    const ScnLink *link = &((const ScnLinkRule *)s->links->pdata[0])->link;
    CU_ASSERT_EQUAL(link->latency.a, without->link_standard.latency.a);
    CU_ASSERT_EQUAL(link->queue_bytes, without->link_standard.queue_bytes);
    CU_ASSERT_EQUAL(link->fifo, without->link_standard.fifo);
    CU_ASSERT_EQUAL(link->stream, without->link_standard.stream);
    CU_ASSERT_EQUAL(link->per_link, without->link_standard.per_link);
}

static void
test_fork_rules(void)
{
    g_autoptr(ScnScenario) plain = scn_test_model("");
    CU_ASSERT_EQUAL(plain->chain.half_life_ns, 3600 * SCN_SECOND_NS);
    CU_ASSERT_EQUAL(plain->chain.finality, 0);
    CU_ASSERT_EQUAL(plain->chain.limit_bits, 0x1e0ffff0);
    g_autoptr(ScnScenario) easy = scn_test_model("chain limit-bits=0x207fffff bits=0x1f00ffff\n");
    CU_ASSERT_EQUAL(easy->chain.bits, 0x1f00ffff);
    CU_ASSERT_EQUAL(easy->chain.limit_bits, 0x207fffff);
    g_autoptr(ScnScenario) same = scn_test_model("chain bits=0x1f00ffff\n");
    CU_ASSERT_EQUAL(same->chain.limit_bits, 0x1f00ffff);
    CU_ASSERT_EQUAL(plain->chain.max_reorg, SCN_NONE);
    CU_ASSERT_EQUAL(node(plain, "a1")->mempool_bytes, 5000000);
    g_autoptr(ScnScenario) s =
        scn_test_model("chain algorithm=asert half-life=90s fork-choice=ghost\n"
                       "chain tie=lowest-hash finality=6 max-reorg=0\n"
                       "nodes c[1..2] mempool=1MiB\nnode d\n");
    CU_ASSERT_EQUAL(s->chain.algorithm, SCN_RETARGET_ASERT);
    CU_ASSERT_EQUAL(s->chain.half_life_ns, 90 * SCN_SECOND_NS);
    CU_ASSERT_EQUAL(s->chain.fork_choice, SCN_FORK_GHOST);
    CU_ASSERT_EQUAL(s->chain.tie, SCN_TIE_LOWEST_HASH);
    CU_ASSERT_EQUAL(s->chain.finality, 6);
    CU_ASSERT_EQUAL(s->chain.max_reorg, 0);
    CU_ASSERT_EQUAL(s->chain.unpark, 0);
    CU_ASSERT_FALSE(s->chain.parks_late);
    g_autoptr(ScnScenario) back =
        scn_test_model("chain max-reorg=3 unpark=1.125x in-first-sync=no\n");
    CU_ASSERT_EQUAL(back->chain.unpark, 1125);
    CU_ASSERT_TRUE(back->chain.parks_late);
    CU_ASSERT_EQUAL(node(s, "c2")->mempool_bytes, 1 << 20);
    CU_ASSERT_EQUAL(node(s, "d")->mempool_bytes, 5000000);
    g_autoptr(ScnScenario) later =
        scn_test_model("chain finality=6 max-reorg=9 algorithm=lwma\n"
                       "chain finality=none max-reorg=none tie=random\n");
    CU_ASSERT_EQUAL(later->chain.algorithm, SCN_RETARGET_LWMA);
    CU_ASSERT_EQUAL(later->chain.finality, 0);
    CU_ASSERT_EQUAL(later->chain.max_reorg, SCN_NONE);
    CU_ASSERT_EQUAL(later->chain.tie, SCN_TIE_RANDOM);
}

static void
test_shares(void)
{
    g_autoptr(ScnScenario) even = scn_test_model("node c role=full\n");
    check_share(even, "a1", 1, 10);
    check_share(even, "c", 0, 1);
    static const char header[] = "scn 1 \"t\"\nduration 1h\n";
    g_autofree char *errors = NULL;
    g_autofree char *thirds = g_strconcat(header,
                                          "nodes a[1..2] share=(100% / 3)\nnode b share=(100%/3)\n"
                                          "node c share=(100%/3)\nnode d\n",
                                          NULL);
    g_autoptr(ScnScenario) third = scn_test_parse(thirds, NULL, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(third);
    check_share(third, "a1", 1, 6);
    check_share(third, "c", 1, 3);
    check_share(third, "d", 0, 1);
    g_autofree char *wrong = g_strconcat(header, "node a share=60%\nnode b share=30%\n", NULL);
    CU_ASSERT_PTR_NULL(scn_test_parse(wrong, NULL, &errors));
    TEST_STR_EQUAL(errors, "t.scn:4:14: error: the shares add to 90%, not to 100%\n"
                           "  node b share=30%\n"
                           "               ^^^\n"
                           "  help: the shares of all nodes add to 100%\n");
}

static char *
set_text(const GArray *nodes, const ScnScenario *scenario)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < nodes->len; i++)
        g_string_append_printf(
            out, "%s%s", i ? " " : "",
            g_array_index(scenario->nodes, ScnNode, g_array_index(nodes, guint32, i)).name);
    return g_string_free(out, FALSE);
}

static void
check_set(const char *set, const char *want)
{
    g_autofree char *text = g_strdup_printf("node c role=full\nat 5m mining off %s\n", set);
    g_autoptr(ScnScenario) s = scn_test_model(text);
    const ScnTimed *timed = s->timed->pdata[0];
    const ScnItem *item = timed->items->pdata[0];
    g_autofree char *got = set_text(item->set->nodes, s);
    TEST_STR_EQUAL(got, want);
}

static void
test_sets(void)
{
    check_set("a3", "a3");
    check_set("a[3]", "a3");
    check_set("a[2..3]", "a2 a3");
    check_set("a[(1 + 1)..2 * 2]", "a2 a3 a4");
    check_set("b[*]", "b1 b2 b3 b4 b5");
    check_set("{b2, a1, a[1..2]}", "a1 a2 b2");
    check_set("role(full)", "c");
    check_set("all - a[*] - {b1, b2}", "b3 b4 b5 c");
    check_set("c", "c");
}

static void
test_members(void)
{
    g_autoptr(ScnScenario) s = scn_test_model("always any(height({a1, b[1..2]} - b1) > 0)\n");
    const ScnCheck *check = s->checks->pdata[0];
    const ScnTerm *height = scn_term_at(scn_term_at(check->condition, 0), 0);
    const ScnTerm *set = scn_term_at(height, 0);
    CU_ASSERT_EQUAL(height->kind, SCN_TERM_FACT);
    CU_ASSERT_EQUAL(set->kind, SCN_TERM_NODES);
    CU_ASSERT_EQUAL_FATAL(set->members->len, 2);
    CU_ASSERT(g_array_index(set->members, ScnMember, 0).even_down);
    CU_ASSERT_FALSE(g_array_index(set->members, ScnMember, 1).even_down);
    CU_ASSERT_EQUAL(g_array_index(set->members, ScnMember, 1).node, 6);
}

static void
test_network(void)
{
    g_autoptr(ScnScenario) s = scn_test_model("topology star hub=a2\ntopology ring\n"
                                              "edge a1 b[1..2] latency=7ms\n"
                                              "link a[*] -> b1 latency=uniform(5ms, 9ms)\n"
                                              "link a[*] <-> b[*] rate=1Mbps order=any\n"
                                              "link a[*] jitter=2ms queue=5kB\n");
    CU_ASSERT_EQUAL(s->topologies->len, 2);
    CU_ASSERT_EQUAL(g_array_index(s->topologies, ScnTopology, 0).hub, 1);
    CU_ASSERT_EQUAL(s->edges->len, 2);
    CU_ASSERT_EQUAL(s->links->len, 4);
    const ScnLinkRule *edge = s->links->pdata[0], *one = s->links->pdata[1];
    const ScnLinkRule *both = s->links->pdata[2], *within = s->links->pdata[3];
    CU_ASSERT(edge->both_ways && both->both_ways && !one->both_ways);
    CU_ASSERT_EQUAL(edge->link.set, scn_test_link_bit("latency"));
    CU_ASSERT_EQUAL(edge->link.latency.a, 7000000);
    CU_ASSERT_EQUAL(one->link.latency.b, 9000000);
    CU_ASSERT(!both->link.fifo);
    CU_ASSERT_EQUAL(within->from->len, 5);
    CU_ASSERT_PTR_EQUAL(within->from, within->to);
    g_autoptr(ScnScenario) plain = scn_test_model("");
    CU_ASSERT_EQUAL(g_array_index(plain->topologies, ScnTopology, 0).kind, SCN_TOPOLOGY_MESH);
}

static void
test_nonces(void)
{
    g_autoptr(ScnScenario) s = scn_test_model("wallet v\n"
                                              "tx t1 from=w to=v amount=1 fee=0.5\n"
                                              "tx t2 from=v to=w amount=1\n"
                                              "tx t3 from=w to=v amount=1 nonce=7\n"
                                              "tx t4 from=w to=v amount=1\n");
    static const guint64 want[] = {0, 1, 0, 7, 8};
    for (guint i = 0; i < G_N_ELEMENTS(want); i++)
        CU_ASSERT_EQUAL(g_array_index(s->txs, ScnTx, i).nonce, want[i]);
    CU_ASSERT_EQUAL(g_array_index(s->txs, ScnTx, 1).fee, SCN_TOKEN / 2);
}

/* Where a wallet stands does not depend on the order of lines. */
static void
test_load(void)
{
    g_autoptr(ScnScenario) s = scn_test_model("load rate=30/m from=v to=random amount=0.5..1\n"
                                              "wallet v at=b1\n");
    const ScnLoad *load = &g_array_index(s->loads, ScnLoad, 0);
    CU_ASSERT_EQUAL(load->gap_ns, 2 * SCN_SECOND_NS);
    CU_ASSERT_EQUAL(load->amount_low, SCN_TOKEN / 2);
    CU_ASSERT_EQUAL(load->amount_high, SCN_TOKEN);
    CU_ASSERT_EQUAL(load->to, SCN_NONE);
    CU_ASSERT_EQUAL_FATAL(load->at->len, 1);
    CU_ASSERT_EQUAL(g_array_index(load->at, guint32, 0), scn_scenario_find_node(s, "b1"));
}

static void
test_ports(void)
{
    g_autoptr(ScnScenario) s = scn_test_model("nodes c[1..3] port=8001\n");
    CU_ASSERT_EQUAL(node(s, "c3")->port, 8003);
    CU_ASSERT_EQUAL(node(s, "a1")->port, 0);
}

static void
test_checks(void)
{
    g_autoptr(ScnScenario) s = scn_test_model(
        "always height(all) >= 0 from 5m until 30m if height(a1) > 0 unless height(b1) > 0\n"
        "never reorgs(all) > 5\n"
        "sometimes height(a1) > 3 maybe\n"
        "at 2h expect height(a1) > 3 maybe\n"
        "finally status(a1, best_tip(all)) == active\n"
        "at 1m mark w1 = best_tip(all)\n"
        "finally arrived(a1, w1) < 5m and status(a1, w1) != invalid-ancestor\n");
    const ScnCheck *always = s->checks->pdata[0];
    CU_ASSERT_EQUAL(always->from_ns, 300 * SCN_SECOND_NS);
    CU_ASSERT_EQUAL(always->until_ns, 1800 * SCN_SECOND_NS);
    CU_ASSERT(scn_term_is_operator(always->guard, SCN_OP_AND));
    CU_ASSERT_EQUAL(always->at_ns, SCN_TIME_NONE);
    const ScnCheck *late = s->checks->pdata[3];
    CU_ASSERT_EQUAL(late->at_ns, 7200 * SCN_SECOND_NS);
    CU_ASSERT(late->place.order > always->place.order);
}

static void
test_statements_refused(void)
{
    scn_test_check_bad("at 50m expect within 11m height(a1) > 0\n",
                       "the deadline is after the end");
    scn_test_check_bad("at 61m mine at a1\n", "after the end of the run (1h)");
    scn_test_check_bad("expect height(a1) > 0\n", "stands in a timed statement");
    scn_test_check_bad("at 5m expect height(a1) > 0 from 3m\n", "'expect' takes no from");
    scn_test_check_bad("always height(a1) > 0 from 5m until 5m\n", "'until' must be after 'from'");
    scn_test_check_bad("at 5m partition a[*] | {a1, b1}\n", "'a1' is on two sides");
    scn_test_check_bad("at 5m partition a[*] | all - a[*] - b[*]\n", "no node in this set");
    scn_test_check_bad("at 5m heal cut\n", "unknown cut 'cut'");
    scn_test_check_bad("at 5m mine at a[*]\n", "one node is due here");
    scn_test_check_bad("at 5m mine 1.5 at a1\n", "needs a whole number");
    scn_test_check_bad("at 5m submit w at a1\n", "'w' is a wallet, and a transaction is due here");
    scn_test_check_bad("always height(a)\n", "'a' is a group of nodes");
    scn_test_check_bad("always height(a[*])\n", "a condition is due here, not a number");
    scn_test_check_bad("always a1 == b1\n", "cannot be compared");
    scn_test_check_bad("always height(all) == 1 == 2\n", "comparisons do not chain");
    scn_test_check_bad("always height(a1) = 1\n", "write ==");
    scn_test_check_bad("always height(a1) -1 > 0\n", "a minus stands between blanks");
    scn_test_check_bad("always same_tip(all, ignore_last=6)\n", "help: write ignore-last");
    scn_test_check_bad("always same_tip()\n", "'same_tip' needs a node or a set of nodes");
    scn_test_check_bad("always confirmations(all) > 1\n", "'confirmations' needs a transaction");
    scn_test_check_bad("always balance(a1, pay) > 1\n", "a wallet is due here, not a transaction");
    scn_test_check_bad("always near(height(a1), 3)\n", "'near' is of many runs");
    scn_test_check_bad("chain spacing=500ms algorithm=epoch\n", "algorithm=fixed alone");
    scn_test_check_bad("chain spacing=1500ms\nchain algorithm=lwma\n",
                       "t.scn:7:15: error: a spacing in");
    scn_test_check_bad("chain window=10001\nchain algorithm=lwma\n",
                       "'window' must be in 2..10000");
    scn_test_check_bad("chain limit-bits=0x1e80ffff\n",
                       "'limit-bits' needs a canonical compact target");
    scn_test_check_bad("chain limit-bits=0x1e0fffef\n",
                       "t.scn:7:18: error: 'limit-bits' is harder than "
                       "bits, 0x1e0ffff0");
    scn_test_check_bad("chain limit-bits=0x1e0ffff1\nchain bits=0x1f00ffff\n",
                       "t.scn:7:18: error: 'limit-bits' is harder than bits, 0x1f00ffff");
}

static void
test_refused(void)
{
    scn_test_check_bad("chain half-life=0\n", "'half-life' needs whole seconds, above 0");
    scn_test_check_bad("chain half-life=1500ms\n", "'half-life' needs whole seconds, above 0");
    scn_test_check_bad("chain half-life=90\n", "help: write 90s");
    scn_test_check_bad("chain finality=0\n", "'finality' must be in 1..1000000");
    scn_test_check_bad("chain max-reorg=-1\n", "'max-reorg' must be in 0..1000000");
    scn_test_check_bad("chain max-reorg=1.5\n", "'max-reorg' needs a whole number");
    scn_test_check_bad("chain max-reorg=off\n", "'max-reorg' needs a plain number");
    scn_test_check_bad("chain max-reorg=2 unpark=0.999x\n", "'unpark' must be in 1x..1000x");
    scn_test_check_bad("chain max-reorg=2 unpark=1001\n", "'unpark' must be in 1x..1000x");
    scn_test_check_bad("chain max-reorg=2 unpark=1.0001x\n", "with at most three decimals");
    scn_test_check_bad("chain max-reorg=2 unpark=2s\n", "'unpark' needs a plain number");
    scn_test_check_bad("chain unpark=2x\n", "this option goes with max-reorg alone");
    scn_test_check_bad("chain in-first-sync=no\n", "this option goes with max-reorg alone");
    scn_test_check_bad("chain tie=lowest\n", "unknown tie 'lowest'");
    scn_test_check_bad("chain fork-choice=gost\n", "help: write ghost");
    scn_test_check_bad("chain mtp=12\n", "'mtp' needs an odd number");
    scn_test_check_bad("chain mtp=33\n", "'mtp' must be in 1..31");
    scn_test_check_bad("chain max-block=9MiB\n", "'max-block' must be in 1kB..");
    scn_test_check_bad("node c mempool=0\n", "'mempool' must be at least 1B");
    scn_test_check_bad("node c mempool=5\n", "help: write 5MB");
    scn_test_check_bad("chain bits=0x1e000000\n", "canonical compact target");
    scn_test_check_bad("chain reward=0.000000001\n", "at most 8 decimals");
    scn_test_check_bad("chain reward=1000000000\n", "the rewards can pass the 46116860184 tokens");
    scn_test_check_bad("upgrade a at-height=3 reward=1000000000\n",
                       "the rewards can pass the 46116860184 tokens");
    scn_test_check_bad("upgrade a at-height=3 reward=60 signal-window=10\n",
                       "'signal-window' goes with signal alone");
    scn_test_check_bad("upgrade a at-height=3 tie=random\n", "an upgrade cannot change 'tie'");
    scn_test_check_bad("upgrade a at-height=3 spacing=5s\n",
                       "help: it can change max-block, reward, halving,");
    scn_test_check_bad("upgrade a at-height=3 rewrd=5\n", "help: write reward");
    scn_test_check_bad("node c without=a\n", "help: declare it: upgrade NAME at-height=H");
    scn_test_check_bad("chain min-work=10\n", "help: it is an option of nodes");
    scn_test_check_bad("at 1m mark m = tip(a1)\nat 2m invalidate m at a1\n",
                       "help: name a block where it is found: mine at NODE as NAME");
    scn_test_check_bad("at 2m invalidate b at a1\n",
                       "help: name a block where it is found: mine at NODE as NAME");
    scn_test_check_bad("chain reward=1000000000 halving=30 spacing=1m\n",
                       "can pass the 46116860184");
    scn_test_check_bad("wallet v funds=1000000001\n", "'funds' must be in 0..1000000000");
    scn_test_check_bad("link all loss=5\n", "help: write 5%");
    scn_test_check_bad("link all latency=lognorml(5ms, 1)\n", "help: write lognormal");
    scn_test_check_bad("link all latency=uniform(9ms, 5ms)\n", "this range is empty");
    scn_test_check_bad("topology star\n", "a star needs its hub");
    scn_test_check_bad("topology rng\n", "help: write ring");
    scn_test_check_bad("edge a1 a1\n", "an edge joins two nodes");
    scn_test_check_bad("tx q from=w to=w\n", "'q' needs amount=");
    scn_test_check_bad("load rate=2/s from=w amount=1\n", "'load' needs to=");
    scn_test_check_bad("load rate=2/s from=w to=w amount=1..0.5\n", "'amount' goes up");
    scn_test_check_bad("load rate=2/s from=w to=w amount=0.000000001\n", "at most 8 decimals");
    scn_test_check_bad("load rate=2s from=w to=w amount=1\n", "needs a frequency");
    scn_test_check_bad("load rate=0/s from=w to=w amount=1\n", "'rate' must be above 0");
    scn_test_check_bad("load rate=2/s from=a1 to=w amount=1\n", "a wallet is due here");
    scn_test_check_bad("node p role=script\nload rate=2/s from=w to=w amount=1 at=p\n",
                       "nodes with role=script take no payments");
    scn_test_check_bad("load rate=2/s from=w to=w amount=1 at=w\n", "a node is due here");
    scn_test_check_bad("node c role=full share=0.5\n", "has no share");
    scn_test_check_bad("link all latency=5ms latency=6ms\n", "'latency' is given twice");
    scn_test_check_bad("param p = 5 in 10..20\n", "'p' must be in 10..20");
    scn_test_check_bad("param p = 5m in 1m..1MB\n", "needs a time, not a size");
    scn_test_check_bad("scn 1 \"again\"\n", "a file has one scn line");
    scn_test_check_bad("seed 1.5\n", "needs a whole number");
    scn_test_check_bad("duration 10m + 5m\n", "this is not expected here");
}

static void
test_header(void)
{
    g_autofree char *errors = NULL;
    CU_ASSERT_PTR_NULL(scn_test_parse("nodes a[1..2]\nduration 1h\n", NULL, &errors));
    TEST_STR_EQUAL(errors, "t.scn:1:1: error: a scenario starts with scn 1 and a title\n"
                           "  nodes a[1..2]\n"
                           "  ^^^^^\n"
                           "  help: write scn 1 \"title\"\n");
    static const char *const bad[] = {"",
                                      "\n#x\n",
                                      "scn 2 \"t\"\n",
                                      "scn 1\n",
                                      "scn 1 \"t\"\n",
                                      "scn 1 \"t\"\nduration 1h\n",
                                      "scn 1 \"t\"\nnode a\n"};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text = NULL;
        CU_ASSERT_PTR_NULL(scn_test_parse(bad[i], NULL, &text));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "t.scn:1:"));
    }
}

static void
test_limit_given(void)
{
    g_autoptr(ScnScenario) without = scn_test_model("limit events=5\n");
    g_autoptr(ScnScenario) none = scn_test_model("limit wall=none\n");

    CU_ASSERT_FALSE(without->limit.wall_given);
    CU_ASSERT_TRUE(none->limit.wall_given && none->limit.wall_ns == 0);
}

/* The bridge counts in neither half: a1 with a2 and a4, then a1 with a3 and a5. */
static void
test_bridge_halves(void)
{
    g_autoptr(ScnScenario) s = scn_test_model("nodes z[1..5]\nat 1m partition bridge via=z1\n");
    const ScnItem *item = ((const ScnTimed *)s->timed->pdata[0])->items->pdata[0];
    guint others = s->nodes->len - 1;
    const GArray *one = item->groups->pdata[0], *two = item->groups->pdata[1];

    CU_ASSERT_EQUAL(item->groups->len, 2);
    CU_ASSERT_EQUAL(one->len, (others + 1) / 2 + 1);
    CU_ASSERT_EQUAL(two->len, others / 2 + 1);
}

/* A chain of marks of which each names the next one is as long as the file. */
static void
test_marks_that_name_later_marks(void)
{
    const guint count = 30000;
    GString *text = g_string_new("at 1s\n");
    g_autofree char *lines = NULL;

    for (guint i = 0; i < count; i++)
        g_string_append_printf(text, "  mark m%u = -m%u\n", i, i + 1);
    g_string_append_printf(text, "  mark m%u = 5s\nend\nfinally m%u < 5s\n", count, count - 50);
    lines = g_string_free(text, FALSE);
    g_autoptr(ScnScenario) s = scn_test_model(lines);
    CU_ASSERT_EQUAL(s->marks->len, count + 1);
}

/* -P gives the word for none, where the option that reads the param has one. */
static void
test_override_none(void)
{
    static const char text[] = SCN_TEST_HEADER "param sync = 5s\nparam late = 80ms\n"
                                               "protocol sync=$sync\nlink all latency=$late\n";
    static const char *const off[] = {"sync=off", NULL}, *const bad[] = {"late=off", NULL},
                             *const word[] = {"sync=of", NULL};
    g_autofree char *errors = NULL, *other = NULL, *unknown = NULL;
    g_autoptr(ScnScenario) s = scn_test_parse(text, off, &errors);

    TEST_STR_EQUAL(errors, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL(s->protocol.sync_ns, 0);
    CU_ASSERT_PTR_NULL(scn_test_parse(text, bad, &other));
    scn_test_check_message(other, "'latency' needs a time with a unit");
    CU_ASSERT_PTR_NULL(scn_test_parse(text, word, &unknown));
    scn_test_check_message(unknown, "-P sync=of: error: 'sync' needs a time with a unit");
}

TEST_SUITE(model, {"override none", test_override_none},
           {"marks that name later marks", test_marks_that_name_later_marks},
           {"limit given", test_limit_given}, {"bridge", test_bridge_halves}, {"heal", test_heal},
           {"heal overrides", test_heal_overrides}, {"bad overrides", test_bad_overrides},
           {"seed", test_seed}, {"later wins", test_later_wins}, {"defaults", test_defaults},
           {"fork rules", test_fork_rules}, {"shares", test_shares}, {"sets", test_sets},
           {"members", test_members}, {"network", test_network}, {"load", test_load},
           {"nonces", test_nonces}, {"ports", test_ports}, {"checks", test_checks},
           {"statements refused", test_statements_refused}, {"refused", test_refused},
           {"header", test_header})
