/* Every ready query on a trace worked out by hand, against what one counts on paper, or here from
 * the rows of messages and arrivals. */
#include "analysis/query.h"
#include "tests/analysis/trace.h"
#include "tests/analysis/world.h"

#include <math.h>
#include <string.h>

#define H "000000000000"

typedef struct {
    const char *name, *csv;
} Answer;

static const Answer answers[] = {
    {"overview", "scenario,seed,status,level,end_s,events,nodes,blocks,stale,height,reorgs,"
                 "deepest_reorg,tips_at_end\nhand.scn,5,held,full,40,99,3,3,1,2,2,1,1\n"},
    {"forks", "height,blocks,active,first_s,apart_ms,miners\n1,2," H ",10,1000,a b\n"},
    {"reorgs", "seq,time_s,node,depth,old_height,old_tip,height,tip\n"
               "5,20.5,c,1,1," H ",2," H "\n6,21,b,1,1," H ",2," H "\n"},
    {"propagation-blocks", "block,height,hash,reached,p50_ms,p90_ms,all_ms\n"
                           "1,1," H ",3,2000,2500,2500\n2,1," H ",3,500,2000,2000\n"
                           "3,2," H ",3,500,1000,1000\n"},
    {"stale", "miner,blocks,stale,rate\nall,3,1,0.333333\na,2,0,0\nb,1,1,1\n"},
    {"agreement", "from_s,lasted_s,tips\n0,10,1\n10,1,2\n11,0.5,3\n11.5,9.5,2\n21,19,1\n"},
    {"heals", "time_s,what,tips,agree_ms\n20,\"end of partition {a} | {b, c} for 15s\",2,1000\n"},
    {"mempool", "tx,name,hash,reached,first_s,half_ms,last_ms,returned,dropped\n"
                "0,pay,77,2,1,250,250,1,1\n1,early,78,2,2,500,500,0,0\n"
                "2,both,79,1,5,,0,0,0\n3,waits,7a,1,30,,0,0,0\n4,unsent,7b,0,,,,0,0\n"
                "5,gone,7c,1,3,,0,0,1\n"},
    {"mempool-nodes", "node,mean_held,most_held,held_at_end\na,1.175,2,1\nb,1.10625,3,1\n"
                      "c,0.5125,1,1\n"},
    {"tx-confirmation", "confirmations,transactions,mean_s,p50_s,p90_s,max_s\n"
                        "1,2,11.5,8,15,15\n2,1,18,18,18,18\n"},
    {"tx-blocks", "block,height,hash,miner,active,transactions\n1,1," H ",a,1,1\n"
                  "2,1," H ",b,0,2\n3,2," H ",a,1,1\n"},
    {"tx-fates", "fate,transactions,share_percent\nconfirmed,1,16.667\nconfirmed again,1,16.667\n"
                 "reorganised out,1,16.667\non another branch,0,0\nwaiting,1,16.667\n"
                 "lost,1,16.667\nnever sent,1,16.667\n"},
    {"common-prefix-pairs", "depth,pairs,from_s,to_s,longest_s\n1,2,11,21,9\n"},
    {"connections", "from_s,made,lost,standing,per_node\n0,2,0,2,1.333\n4,0,0,2,1.333\n"
                    "8,0,0,2,1.333\n12,0,1,1,0.667\n16,0,0,1,0.667\n20,0,0,1,0.667\n"
                    "24,1,0,2,1.333\n28,0,0,2,1.333\n32,0,0,2,1.333\n36,0,1,1,0.667\n"},
    {"connections-nodes", "node,made,lost,mean_peers,most_peers,peers_at_end\na,2,1,0.75,1,1\n"
                          "b,3,2,1.725,2,1\nc,1,1,0.975,1,0\n"},
    {"confirmation", "confirmations,blocks,mean_s,p50_s,p90_s,max_s\n1,2,0,0,0,0\n"
                     "2,1,10,10,10,10\n"},
    {"revenue", "miner,power_percent,found,kept,revenue_percent,gain\na,50,2,2,100,2\n"
                "b,30,1,0,0,0\n"},
    {"attackers", "node,strategy,power_percent,found,withheld,released,given_up,still_held,stale,"
                  "revenue_percent,gain\na,selfish,50,2,2,2,0,0,0,100,2\n"},
    {"undone", "time_s,transaction,node,confirmations\n20.5,pay,c,1\n"},
    {"chain-quality", "miner,power_percent,blocks,least_percent,most_percent\na,50,2,100,100\n"
                      "b,30,2,0,0\n"},
    {"growth", "from_s,to_s,found,kept,kept_per_hour,interval_s\n0,4,0,0,0,\n4,8,0,0,0,\n"
               "8,12,2,1,900,4\n12,16,0,0,0,\n16,20,0,0,0,\n20,24,1,1,900,4\n24,28,0,0,0,\n"
               "28,32,0,0,0,\n32,36,0,0,0,\n36,40,0,0,0,\n"},
    {"common-prefix", "depth,moves,nodes,share,first_s,last_s\n0,4,3,0.666666667,10,20\n"
                      "1,2,2,0.333333333,20.5,21\n"},
    {"peers", "from_s,nodes_heard,least,mean,most\n0,2,1,0.667,1\n4,0,,0,\n8,1,1,0.333,1\n"
              "12,3,1,1,1\n16,0,,0,\n20,2,1,0.667,1\n24,0,,0,\n28,0,,0,\n32,0,,0,\n36,0,,0,\n"},
    {"drops", "fate,kind,messages,bytes,first_s,last_s\ncut,new-block,1,200,12,12\n"
              "in-flight,ack,1,40,39.9,39.9\nloss,ack,1,40,12,12\n"},
    {"verdicts", "verdict,what,times,nodes,different,first_s,last_s\nbad-bits,block,2,2,1,3,4\n"},
    {"nodes", "node,role,power_percent,height,tip,on_best_chain,mined,reorgs,max_reorg,links\n"
              "a,miner,50,2," H ",1,2,0,0,1\nb,miner,30,2," H ",1,1,1,1,2\n"
              "c,full,0,2," H ",1,0,1,1,1\n"},
    {"faults", "seq,time_s,kind,begins,until_s,nodes,text\n"
               "1,5,partition,1,20,3,\"partition {a} | {b, c} for 15s\"\n"
               "2,20,end,0,,0,\"end of partition {a} | {b, c} for 15s\"\n"},
    {"checks", "what,line,text,verdict,time_s,detail\ncheck,7,finally x,held,40,\n"
               "measure,,m,12,,\n"},
};

/* Those that are counted below. */
static const char *const counted[] = {"propagation", "traffic", "traffic-nodes", "mempool-size",
                                      NULL};

static char *
ask_ready(const World *world, const char *name)
{
    const AnaQuery *query = ana_query_find(name);

    CU_ASSERT_PTR_NOT_NULL_FATAL(query);
    return world_ask(world, query->sql, ANA_FORM_CSV);
}

/* The trace after an edit, opened. */
static World
world_edited(const char *sql)
{
    g_autofree char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    World world = {.folder = g_steal_pointer(&folder), .path = g_steal_pointer(&path)};

    trace_edit(world.path, sql);
    world.database = ana_database_open(world.path, (AnaLimits){NULL, 0}, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(world.database);
    return world;
}

static void
test_by_hand(void)
{
    World world = world_new();

    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autofree char *got = ask_ready(&world, answers[i].name);

        TEST_STR_EQUAL(got, answers[i].csv);
    }
    world_clear(&world);
}

/* Every query for traces has its answer in one of the tests, a question and a subject. */
static void
test_all_are_tested(void)
{
    for (const AnaQuery *query = ana_queries; query->name != NULL; query++) {
        g_autofree char *question = ana_query_question(query);
        bool found = g_strv_contains(counted, query->name);

        CU_ASSERT_TRUE(g_str_has_suffix(question, "?") || g_str_has_suffix(question, "."));
        CU_ASSERT_PTR_NOT_NULL(strstr(query->sql, "\n-- for: "));
        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
            found = found || strcmp(answers[i].name, query->name) == 0;
        if (!found && ana_query_kind(query) == ANA_KIND_TRACE)
            TEST_STR_EQUAL(query->name, "has an answer here");
    }
}

static int
compare_times(gconstpointer a, gconstpointer b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void
test_propagation(void)
{
    static const guint percentiles[] = {1, 5, 10, 25, 50, 75, 90, 95, 99, 100};
    World world = world_new();
    g_autofree char *got = ask_ready(&world, "propagation");
    g_autoptr(GArray) delays = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GString) want = g_string_new("percentile,delay_ms,arrivals\n");

    for (size_t i = 0; i < trace_arrival_count; i++) {
        const TraceArrival *arrival = &trace_arrivals[i];
        const TraceBlock *block = &trace_blocks[arrival->block];
        int64_t delay = arrival->body_ms - block->found_ms;

        if (arrival->node != block->miner)
            g_array_append_val(delays, delay);
    }
    g_array_sort(delays, compare_times);
    for (size_t i = 0; i < G_N_ELEMENTS(percentiles); i++) {
        /* The least rank that has so many percent at or below it. */
        guint rank = 1;

        while (rank * 100 < percentiles[i] * delays->len)
            rank++;
        g_string_append_printf(want, "%u,%d,%u\n", percentiles[i],
                               (int)g_array_index(delays, int64_t, rank - 1), delays->len);
    }
    TEST_STR_EQUAL(got, want->str);
    world_clear(&world);
}

/* Of twenty nodes the first `reached` get block k + 1, one a second from its finding on: half are
 * ten, nine tenths eighteen. Nobody gets the last block. */
static void
test_propagation_ranks(void)
{
    static const int reached[] = {20, 9, 0};
    static const char want[] = "block,height,hash,reached,p50_ms,p90_ms,all_ms\n"
                               "1,1," H ",20,9000,17000,19000\n2,1," H ",9,,,\n";
    g_autoptr(GString) sql = g_string_new("DELETE FROM arrival;");
    g_autofree char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    World world = {.folder = g_steal_pointer(&folder), .path = g_steal_pointer(&path)};
    g_autofree char *got = NULL;
    g_autofree char *view = NULL;

    for (int node = TRACE_NODES; node < 20; node++)
        g_string_append_printf(sql,
                               "INSERT INTO node SELECT %d, 'n%d', role, region, port, 0, tip,"
                               " height, 0, 0, 0, NULL, NULL, NULL FROM node WHERE id = 0;",
                               node, node);
    for (size_t i = 0; i < G_N_ELEMENTS(reached); i++) {
        for (int k = reached[i] - 1; k >= 0; k--)
            g_string_append_printf(sql,
                                   "INSERT INTO arrival SELECT %d, id, found_ns, found_ns +"
                                   " %d000000000, found_ns + 60000000000, NULL FROM block WHERE"
                                   " id = %zu;",
                                   k, k, i + 1);
    }
    trace_edit(world.path, sql->str);
    world.database = ana_database_open(world.path, (AnaLimits){NULL, 0}, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(world.database);
    got = ask_ready(&world, "propagation-blocks");
    TEST_STR_EQUAL(got, want);
    view = world_ask(&world,
                     "SELECT block, reached, p50_ns / 1000000, p90_ns / 1000000, max_ns / 1000000"
                     " FROM propagation",
                     ANA_FORM_CSV);
    TEST_STR_EQUAL(strchr(view, '\n'), "\n1,20,9000,17000,19000\n2,9,,,8000\n");
    world_clear(&world);
}

/* A tip that moves by two blocks at once reaches both heights: no one's stood at height 1. */
static void
test_confirmation_of_a_jump(void)
{
    World world = world_edited("DELETE FROM tip WHERE height = 1");
    g_autofree char *got = ask_ready(&world, "confirmation");

    TEST_STR_EQUAL(got, "confirmations,blocks,mean_s,p50_s,p90_s,max_s\n1,2,5,0,10,10\n"
                        "2,1,10,10,10,10\n");
    world_clear(&world);
}

static void
test_traffic(void)
{
    static const char *const kinds[] = {"new-block", "handshake", "ack"}; /* by bytes */
    World world = world_new();
    g_autofree char *got = ask_ready(&world, "traffic");
    g_autoptr(GString) want = g_string_new("kind,messages,bytes,share_percent,mean_bps,lost\n");
    int total = 0;

    for (size_t i = 0; i < trace_message_count; i++)
        total += trace_messages[i].bytes;
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        int count = 0, bytes = 0, lost = 0;

        for (size_t i = 0; i < trace_message_count; i++) {
            const TraceMessage *m = &trace_messages[i];
            bool same = strcmp(m->kind, kinds[k]) == 0;

            count += same;
            bytes += same ? m->bytes : 0;
            lost += same && strcmp(m->fate, "delivered") != 0 && strcmp(m->fate, "in-flight") != 0;
        }
        g_string_append_printf(want, "%s,%d,%d,%.5g,%.9g,%d\n", kinds[k], count, bytes,
                               (double)(100000LL * bytes / total + (200000LL * bytes / total & 1)) /
                                   1000,
                               bytes * 8 / 40.0, lost);
    }
    TEST_STR_EQUAL(got, want->str);
    world_clear(&world);
}

static void
test_traffic_nodes(void)
{
    World world = world_new();
    g_autofree char *got = ask_ready(&world, "traffic-nodes");
    g_autoptr(GString) want = g_string_new("node,sent,sent_bytes,got,got_bytes,mean_up_bps\n");

    for (int node = 0; node < TRACE_NODES; node++) {
        int sent = 0, sent_bytes = 0, came = 0, came_bytes = 0;

        for (size_t i = 0; i < trace_message_count; i++) {
            const TraceMessage *m = &trace_messages[i];
            bool delivered = strcmp(m->fate, "delivered") == 0;

            sent += m->src == node;
            sent_bytes += m->src == node ? m->bytes : 0;
            came += m->dst == node && delivered;
            came_bytes += m->dst == node && delivered ? m->bytes : 0;
        }
        g_string_append_printf(want, "%c,%d,%d,%d,%d,%.9g\n", 'a' + node, sent, sent_bytes, came,
                               came_bytes, sent_bytes * 8 / 40.0);
    }
    TEST_STR_EQUAL(got, want->str);
    world_clear(&world);
}

/* --- mempools ----------------------------------------------------------------------------- */

/* The chain of each node by time, from the table of the trace: the tips of a and then of the two
 * others move at these times. */
static bool
has_confirmed(int node, int tx, int64_t time_ms)
{
    static const struct {
        int64_t time_ms;
        int node, chain[2];
    } moves[] = {{10000, 0, {1, -1}}, {11000, 1, {2, -1}}, {11500, 2, {2, -1}},
                 {20000, 0, {1, 3}},  {20500, 2, {1, 3}},  {21000, 1, {1, 3}}};
    bool has = false;

    for (size_t i = 0; i < G_N_ELEMENTS(moves); i++) {
        if (moves[i].node != node || moves[i].time_ms > time_ms)
            continue;
        has = false;
        for (size_t k = 0; k < trace_block_tx_count; k++) {
            int block = trace_block_txs[k].block;

            has = has || (trace_block_txs[k].tx == tx &&
                          (block == moves[i].chain[0] || block == moves[i].chain[1]));
        }
    }
    return has;
}

static bool
is_held(int node, int tx, int64_t time_ms)
{
    bool held = false;

    for (size_t i = 0; i < trace_tx_event_count; i++) {
        const TraceTxEvent *e = &trace_tx_events[i];

        if (e->node == node && e->tx == tx && e->time_ms <= time_ms)
            held = strcmp(e->event, "accepted") == 0 || strcmp(e->event, "returned") == 0;
    }
    return held && !has_confirmed(node, tx, time_ms);
}

/* Millisecond by quarter second; nothing moves in between. */
static void
test_mempool_size(void)
{
    World world = world_new();
    g_autofree char *got = ask_ready(&world, "mempool-size");
    g_autoptr(GString) want = g_string_new("from_s,mean_held,most_held\n");

    for (int slice = 0; slice < 10; slice++) {
        int quarters = 0, most = 0;

        for (int64_t at = slice * 4000; at < slice * 4000 + 4000; at += 250) {
            for (int node = 0; node < TRACE_NODES; node++) {
                int held = 0;

                for (int tx = 0; tx < TRACE_TXS; tx++)
                    held += is_held(node, tx, at);
                quarters += held;
                most = MAX(most, held);
            }
        }
        g_string_append_printf(want, "%d,%.9g,%d\n", slice * 4, round(quarters / 48.0 * 1e6) / 1e6,
                               most);
    }
    TEST_STR_EQUAL(got, want->str);
    world_clear(&world);
}

/* --- pairs of tips ------------------------------------------------------------------------ */

/* What the query says of the deepest pair is what a scenario's common_prefix() says. */
static void
test_common_prefix_agrees(void)
{
    static const char text[] = "scn 1 \"apart\"\nduration 40m\nchain spacing=30s algorithm=fixed\n"
                               "nodes a[1..3] share=30%\nnodes b[1..3] share=70%\ntopology mesh\n"
                               "at 5m partition {a[*]} | {b[*]} for 20m\n";
    char *folder = folder_new();
    g_autofree char *path = folder_write(folder, "apart.scn", text);
    g_auto(Result) run = COMMAND(folder, "run", "apart.scn", "-q", "-o", "a.db");
    g_auto(Result) pairs = COMMAND(folder, "query", "a.db", "common-prefix-pairs", "--csv");
    int depth = -1;

    TEST_STR_EQUAL(run.err, "");
    CU_ASSERT_EQUAL_FATAL(sscanf(pairs.out, "depth,pairs,from_s,to_s,longest_s\n%d,", &depth), 1);
    CU_ASSERT_TRUE(depth > 3);
    for (int less = depth - 1; less <= depth; less++) {
        g_autofree char *more = g_strdup_printf("%salways common_prefix(all, %d)\n", text, less);
        g_autofree char *again = folder_write(folder, "apart.scn", more);
        g_auto(Result) check = COMMAND(folder, "run", "apart.scn", "-q", "--trace", "off");

        CU_ASSERT_EQUAL(check.status, less == depth ? 0 : 1);
    }
    folder_remove(folder);
}

/* --- edits of the trace by hand ----------------------------------------------------------- */

/* The last tenth of a run holds its end. */
static void
test_very_end(void)
{
    static const struct {
        const char *name, *last;
    } tenths[] = {{"peers", "\n36,1,1,0.333,1\n"},
                  {"growth", "\n36,40,1,1,900,4\n"},
                  {"connections", "\n36,1,1,2,1.333\n"}};
    World world =
        world_edited("INSERT INTO message(kind, src, dst, sent_ns, due_ns, fate, bytes) VALUES"
                     " ('ack', 2, 0, 39900000000, 40000000000, 'delivered', 40);"
                     "UPDATE block SET found_ns = 40000000000 WHERE id = 3;"
                     "INSERT INTO connection(time_ns, edge, open) VALUES(40000000000, 2, 1)");

    for (size_t i = 0; i < G_N_ELEMENTS(tenths); i++) {
        g_autofree char *got = ask_ready(&world, tenths[i].name);

        if (!g_str_has_suffix(got, tenths[i].last))
            TEST_STR_EQUAL(got, tenths[i].last);
    }
    world_clear(&world);
}

/* Of tips on which as many nodes stand the one of most work is followed, whatever the hashes. */
static void
test_winner_of_equals(void)
{
    static const char *const names[] = {"tx-confirmation", "tx-fates"};
    World world = world_edited("UPDATE node SET tip = id + 1");

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *got = ask_ready(&world, names[i]);
        const char *want = NULL;

        for (size_t k = 0; k < G_N_ELEMENTS(answers); k++)
            want = strcmp(answers[k].name, names[i]) == 0 ? answers[k].csv : want;
        TEST_STR_EQUAL(got, want);
    }
    world_clear(&world);
}

/* Of a chain of 22 blocks b has the first two and the last: in 20 in a row it has 2, 1 and 1. */
static void
test_quality_of_stretches(void)
{
    World world =
        world_edited("DELETE FROM block WHERE id > 0; WITH RECURSIVE more(i) AS"
                     " (SELECT 1 UNION ALL SELECT i + 1 FROM more WHERE i < 22) INSERT INTO block"
                     " SELECT i, printf('%064x', i), i - 1, i, i IN (1, 2, 22), i * 1000000000,"
                     " printf('%064x', i + 1), 165, 0, 1 FROM more");
    g_autofree char *got = ask_ready(&world, "chain-quality");

    TEST_STR_EQUAL(got, "miner,power_percent,blocks,least_percent,most_percent\n"
                        "a,50,20,90,95\nb,30,20,5,10\n");
    world_clear(&world);
}

/* Block 3 is given up. b has no strategy at the start; one kept its block 2 until the end. c has
 * one and neither hash power nor blocks. */
static void
test_fates_of_withheld_blocks(void)
{
    World world = world_edited("UPDATE node SET strategy = 'lag' WHERE id = 2;"
                               "UPDATE strategy SET event = 'given-up' WHERE seq = 4;"
                               "INSERT INTO strategy(time_ns, node, block, event)"
                               " VALUES(11000000000, 1, 2, 'withheld')");
    g_autofree char *got = ask_ready(&world, "attackers");

    TEST_STR_EQUAL(got, "node,strategy,power_percent,found,withheld,released,given_up,still_held,"
                        "stale,revenue_percent,gain\na,selfish,50,2,2,1,1,0,0,100,2\n"
                        "b,,30,1,1,0,0,1,1,0,0\nc,lag,0,0,0,0,0,0,0,0,\n");
    world_clear(&world);
}

/* Every number has as many digits as tell it from its neighbours. */
static void
test_digits(void)
{
    World world = world_new();
    g_autofree char *got =
        world_ask(&world, "SELECT 0.1 AS a, 0.1 + 0.2 AS b, 1.0 / 3 AS c", ANA_FORM_CSV);

    TEST_STR_EQUAL(got, "a,b,c\n0.1,0.30000000000000004,0.3333333333333333\n");
    world_clear(&world);
}

/* --- the command -------------------------------------------------------------------------- */

static void
test_command(void)
{
    World world = world_new();
    g_auto(Result) list = COMMAND(world.folder, "query", "t.db");
    g_auto(Result) one = COMMAND(world.folder, "query", "t.db", "stale", "--csv");
    g_auto(Result) own =
        COMMAND(world.folder, "query", "t.db", "SELECT max(id) AS m FROM node", "--md");
    g_auto(Result) unknown = COMMAND(world.folder, "query", "t.db", "nope");
    g_auto(Result) forms = COMMAND(world.folder, "query", "t.db", "stale", "--csv", "--json");
    g_auto(Result) sweep = COMMAND(world.folder, "query", "t.db", "points");

    CU_ASSERT_EQUAL(list.status, 0);
    TEST_CONTAINS(list.out, "stale                Which share of the blocks");
    CU_ASSERT_EQUAL(one.status, 0);
    TEST_STR_EQUAL(one.out, "miner,blocks,stale,rate\nall,3,1,0.333333\na,2,0,0\nb,1,1,1\n");
    TEST_STR_EQUAL(own.out, "| m |\n|--:|\n| 2 |\n");
    CU_ASSERT_EQUAL(unknown.status, 2);
    TEST_CONTAINS(unknown.err, "no query is called 'nope'");
    CU_ASSERT_EQUAL(forms.status, 2);
    CU_ASSERT_EQUAL(sweep.status, 2);
    TEST_CONTAINS(sweep.err, "query 'points' is for results of sweeps");
    trace_edit(world.path, "UPDATE run SET level = 'consensus'");
    {
        g_auto(Result) level = COMMAND(world.folder, "query", "t.db", "traffic");

        CU_ASSERT_EQUAL(level.status, 2);
        TEST_CONTAINS(level.err, "run the scenario again with --trace full");
    }
    world_clear(&world);
}

/* Four runs of two points, one of which fails with both seeds. */
static void
test_results(void)
{
    char *folder = folder_new();
    g_autofree char *scenario = folder_write(
        folder, "s.scn",
        "scn 1 \"s\"\nparam x = 1 in 1..3\nparam y = 7\nsweep x = 1, 3\nseeds 5..6\nduration 10s\n"
        "nodes a\nfinally $x < 2\nmeasure twice = $x * 2\n"
        "table twice by x stat=mean,n\ntable twice by y\n");
    g_auto(Result) sweep = COMMAND(folder, "sweep", "s.scn", "-q", "-o", "r.db");
    g_auto(Result) list = COMMAND(folder, "query", "r.db");
    g_auto(Result) runs = COMMAND(folder, "query", "r.db", "runs", "--csv");
    g_auto(Result) failures = COMMAND(folder, "query", "r.db", "failures", "--csv");
    g_auto(Result) points = COMMAND(folder, "query", "r.db", "points", "--csv");
    g_auto(Result) dot = COMMAND(folder, "export", "r.db", "-f", "dot");
    g_auto(Result) trace = COMMAND(folder, "query", "r.db", "stale");

    TEST_STR_EQUAL(list.err, "");
    TEST_CONTAINS(list.out, "failures             Which runs of a sweep");
    CU_ASSERT_PTR_NULL(strstr(list.out, "stale"));
    TEST_CONTAINS(runs.out, "status,runs,points,mean_end_s,events\nfailed,2,1,10,");
    TEST_CONTAINS(runs.out, "\nheld,2,1,10,");
    TEST_STR_EQUAL(failures.out, "point,status,runs,a_seed\n2,failed,2,5\n");
    TEST_CONTAINS(points.out, "\n1,1,7,twice,2,0,2,");
    TEST_CONTAINS(points.out, "\n2,3,7,twice,2,0,6,");
    {
        /* A table by what is not swept takes all runs together. */
        g_auto(Result) asked =
            COMMAND(folder, "query", "r.db",
                    "SELECT title, line, stat, p.x AS x, p.y AS y, n, value, ci_low FROM"
                    " result_table t JOIN result_value v ON v.result = t.id"
                    " JOIN point p ON p.id = v.point",
                    "--csv");

        TEST_STR_EQUAL(asked.out, "title,line,stat,x,y,n,value,ci_low\n"
                                  "\"twice by x stat=mean,n\",1,mean,1,7,2,2,2\n"
                                  "\"twice by x stat=mean,n\",1,n,1,7,2,2,\n"
                                  "\"twice by x stat=mean,n\",2,mean,3,7,2,6,6\n"
                                  "\"twice by x stat=mean,n\",2,n,3,7,2,2,\n"
                                  "twice by y stat=mean,1,mean,1,7,4,4,4\n");
    }
    CU_ASSERT_EQUAL(dot.status, 2);
    TEST_CONTAINS(dot.err, "only csv is for those");
    CU_ASSERT_EQUAL(trace.status, 2);
    folder_remove(folder);
}

TEST_SUITE(query, {"results of a sweep", test_results}, {"each answer as on paper", test_by_hand},
           {"each query has a test", test_all_are_tested},
           {"propagation as counted from arrivals", test_propagation},
           {"ranks of propagation over all nodes", test_propagation_ranks},
           {"confirmation of a jump", test_confirmation_of_a_jump},
           {"traffic as counted from messages", test_traffic},
           {"traffic of nodes as counted from messages", test_traffic_nodes},
           {"mempools as counted by quarters of a second", test_mempool_size},
           {"pairs of tips as a scenario has them", test_common_prefix_agrees},
           {"the very end is in the last tenth", test_very_end},
           {"of equal tips the one of most work wins", test_winner_of_equals},
           {"chain quality of 20 blocks in a row", test_quality_of_stretches},
           {"what became of withheld blocks", test_fates_of_withheld_blocks},
           {"numbers have all their digits", test_digits}, {"the command", test_command})
