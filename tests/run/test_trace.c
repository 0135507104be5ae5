/* Traces of a tiny world: rows, levels, bytes, views against counts by hand, and what is left when
 * writing fails. */
#include "sim/io/output.h"
#include "sim/run/build.h"
#include "sim/run/trace.h"
#include "sim/run/trace_schema.h"
#include "sim/run/trace_writer.h"
#include "sim/world/fault.h"
#include "sim/world/observe.h"
#include "tests/harness/harness.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* --- a folder of its own ----------------------------------------------------------------- */

typedef struct {
    char *folder, *path;
} Place;

static void
place_init(Place *p)
{
    p->folder = g_dir_make_tmp("kettensim-trace-XXXXXX", NULL);
    p->path = g_build_filename(p->folder, "run.db", NULL);
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What stands in the folder, sorted, a blank after each name. Free with g_free. */
static char *
place_list(const Place *p)
{
    g_autoptr(GDir) dir = g_dir_open(p->folder, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    GString *list = g_string_new(NULL);
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(names, (char *)g_intern_string(name));
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(list, "%s ", (char *)names->pdata[i]);
    return g_string_free(list, FALSE);
}

static void
place_holds(const Place *p, const char *want)
{
    g_autofree char *list = place_list(p);

    TEST_STR_EQUAL(list, want);
}

static void
place_clear(Place *p)
{
    g_unlink(p->path);
    CU_ASSERT_EQUAL(g_rmdir(p->folder), 0);
    g_free(p->folder);
    g_free(p->path);
}

/* --- asking a trace ---------------------------------------------------------------------- */

/* All rows: values separated by '|', rows by blanks; "NULL" for NULL. Free with g_free. */
static char *
ask(const char *path, const char *sql)
{
    GString *text = g_string_new(NULL);
    sqlite3_stmt *stmt = NULL;
    sqlite3 *db = NULL;

    CU_ASSERT_EQUAL(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        g_string_append(text, sqlite3_errmsg(db));
    while (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW) {
        g_string_append(text, text->len > 0 ? " " : "");
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const char *value = (const char *)sqlite3_column_text(stmt, i);

            g_string_append_printf(text, "%s%s", i > 0 ? "|" : "", value ? value : "NULL");
        }
    }
    sqlite3_finalize(stmt);
    CU_ASSERT_EQUAL(sqlite3_close(db), SQLITE_OK);
    return g_string_free(text, FALSE);
}

static void
answers(const char *path, const char *sql, const char *want)
{
    g_autofree char *got = ask(path, sql);

    TEST_STR_EQUAL(got, want);
}

static void
answers_number(const char *path, const char *sql, int64_t want)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, want);

    answers(path, sql, text);
}

/* --- the world --------------------------------------------------------------------------- */

/* Three nodes, 50 ms apart each; a finds block 1. Then a is alone: it takes a payment and puts it
 * into block 2, while b finds 3 and 4. After the cut a must give up 2:
 *
 *   g - 1 - 2       a
 *        \- 3 - 4   b, c
 */
typedef struct {
    SimWorld *world;
    unsigned facts[SIM_FACT_KIND_COUNT], messages;
} Run;

static void
count_fact(void *user, const SimFact *fact)
{
    ((Run *)user)->facts[fact->kind]++;
}

static void
count_message(void *user, const SimPacket *packet, SimFate fate)
{
    (void)packet;
    (void)fate;
    ((Run *)user)->messages++;
}

static void
run_until(Run *run, SimTime at)
{
    sim_engine_run(sim_world_engine(run->world), at, 0);
    sim_engine_advance(sim_world_engine(run->world), at);
}

static void
run_init(Run *run)
{
    const char *const names[] = {"alice", "bob", "carol"};
    const SimWatcher watcher = {.user = run, .fact = count_fact, .message = count_message};
    SimWorldConfig config = {.seed = 7};

    memset(run, 0, sizeof *run);
    kette_params_init(&config.params);
    config.params.pow = KETTE_POW_OFF;
    kette_node_config_init(&config.node);
    run->world = sim_world_new(&config);
    sim_world_add_wallet(run->world, "payer", 100);
    sim_world_add_wallet(run->world, "payee", 0);
    sim_world_open(run->world);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        sim_world_add_node(run->world,
                           &(SimNodeSpec){.name = names[i], .miner = true, .share_den = 1});
    sim_world_connect(run->world, 0, 1);
    sim_world_connect(run->world, 0, 2);
    sim_world_connect(run->world, 1, 2);
    sim_world_add_tx(run->world, &(SimTxSpec){.name = "unsent", .to = 1, .amount = 7, .nonce = 5});
    sim_world_add_tx(run->world, &(SimTxSpec){.name = "pay", .to = 1, .amount = 9});
    sim_world_add_watcher(run->world, &watcher);
}

static void
run_play(Run *run)
{
    const uint32_t alone[] = {0}, others[] = {1, 2};
    const uint32_t *const groups[] = {alone, others};
    const size_t sizes[] = {1, 2};
    SimNet *net = sim_world_net(run->world);

    sim_world_start(run->world);
    run_until(run, SIM_S);
    CU_ASSERT_EQUAL(sim_world_mine(run->world, 0, 1), KETTE_OK);
    run_until(run, 2 * SIM_S);
    sim_world_name_cut(run->world, sim_net_partition(net, &(SimCutSpec){0}, 2, groups, sizes));
    sim_world_note_nodes(run->world, alone, 1);
    sim_world_note_fault(run->world, "cut", "cut begins");
    CU_ASSERT_EQUAL(sim_world_submit(run->world, 1, 0), KETTE_OK);
    CU_ASSERT_EQUAL(sim_world_mine(run->world, 0, 1), KETTE_OK);
    run_until(run, 3 * SIM_S);
    CU_ASSERT_EQUAL(sim_world_mine(run->world, 1, 2), KETTE_OK);
    run_until(run, 10 * SIM_S);
    CU_ASSERT_TRUE(sim_world_heal_net(run->world));
    sim_world_note_fault(run->world, "heal", "cut ends");
    run_until(run, 60 * SIM_S);
}

static const SimTraceRun about = {
    .scenario = "tiny.scn",
    .title = "three nodes, one cut",
    .source = "scenario \"tiny\"\n",
    .params = "{}",
    .seed = 7,
    .status = "held",
    .digest = "d1",
    .outcome = "o1",
    .end_ns = 60 * SIM_S,
    .events = 123,
};

/* Plays the story and traces it to `path`; the world stays for questions. */
static void
record(Run *run, const char *path, SimTraceLevel level)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) report = g_string_new(NULL);
    g_autoptr(SimTrace) trace = sim_trace_open(path, level, NULL, &error);

    CU_ASSERT_PTR_NOT_NULL_FATAL(trace);
    run_init(run);
    sim_trace_watch(trace, run->world);
    run_play(run);
    CU_ASSERT_TRUE(sim_world_finish(run->world, report));
    sim_trace_check(trace, 12, "same_tip(all)", "finally", "held", 60 * SIM_S, NULL);
    sim_trace_check(trace, 14, "never", "always", "vacuous", -1, "no event");
    sim_trace_measure(trace, "delay", (SimCellValue){SIM_CELL_INTEGER, .integer = 50000000},
                      "50ms");
    sim_trace_measure(trace, "ratio", (SimCellValue){SIM_CELL_REAL, .real = 0.25}, NULL);
    sim_trace_measure(trace, "same", (SimCellValue){SIM_CELL_INTEGER, .integer = 1}, "true");
    sim_trace_measure(trace, "list", (SimCellValue){SIM_CELL_TEXT, .text = "[1, 2]"}, NULL);
    sim_trace_measure(trace, "nothing", (SimCellValue){SIM_CELL_NULL}, NULL);
    CU_ASSERT_TRUE(sim_trace_finish(trace, &about, &error));
    TEST_STR_EQUAL(error ? error->message : "", "");
}

/* --- rows -------------------------------------------------------------------------------- */

static void
test_rows_of_a_run(void)
{
    Place p;
    Run run;

    place_init(&p);
    record(&run, p.path, SIM_TRACE_FULL);
    place_holds(&p, "run.db ");
    answers_number(p.path, "PRAGMA application_id", SIM_TRACE_APPLICATION_ID);
    answers_number(p.path, "PRAGMA user_version", SIM_TRACE_SCHEMA);
    answers(p.path, "PRAGMA integrity_check", "ok");
    answers(p.path, "PRAGMA foreign_key_check", "");
    answers(p.path,
            "SELECT scenario, title, params, seed, version, level, status, digest, outcome, end_ns,"
            " events FROM run",
            "tiny.scn|three nodes, one cut|{}|7|" KETTENSIM_VERSION
            "|full|held|d1|o1|60000000000|123");
    answers(p.path, "SELECT source FROM run", about.source);
    answers(p.path,
            "SELECT id, name, role, region, tip, height, reorgs, max_reorg, mined FROM node",
            "0|alice|miner|NULL|4|3|1|1|2 1|bob|miner|NULL|4|3|0|0|2 2|carol|miner|NULL|4|3|0|0|0");
    answers(p.path, "SELECT id, src, dst, latency, rate_bps FROM edge",
            "0|0|1|50ms|NULL 1|1|0|50ms|NULL 2|0|2|50ms|NULL 3|2|0|50ms|NULL 4|1|2|50ms|NULL"
            " 5|2|1|50ms|NULL");
    answers(p.path, "SELECT id, parent, height, miner, found_ns, tx_count, active FROM block",
            "0|NULL|0|NULL|0|0|1 1|0|1|0|1000000000|0|1 2|1|2|0|2000000000|1|0"
            " 3|1|2|1|3000000000|0|1 4|3|3|1|3000000000|0|1");
    answers(p.path, "SELECT id, name FROM tx", "0|unsent 1|pay");
    answers(p.path, "SELECT * FROM block_tx", "2|0|1");
    answers(p.path, "SELECT * FROM connection", "1|0|0|1 2|0|2|1 3|0|4|1");
    answers(p.path, "SELECT * FROM fault",
            "1|2000000000|cut|1|2|cut begins 2|10000000000|heal|0|NULL|cut ends");
    answers(p.path, "SELECT fault, node FROM fault_node", "1|0");
    answers(p.path, "SELECT * FROM \"check\"",
            "12|same_tip(all)|finally|held|60000000000|NULL 14|never|always|vacuous|NULL|no event");
    answers(p.path, "SELECT name, value, typeof(value), text FROM measure",
            "delay|50000000|integer|50ms ratio|0.25|real|NULL same|1|integer|true"
            " list|[1, 2]|text|NULL nothing|NULL|null|NULL");
    sim_world_free(run.world);
    place_clear(&p);
}

static void
test_rows_match_the_world(void)
{
    char hash[KETTE_HASH_HEX], work[65];
    int64_t arrivals = 0;
    Place p;
    Run run;

    place_init(&p);
    record(&run, p.path, SIM_TRACE_FULL);
    kette_hash_to_hex(hash, sim_world_block_hash(run.world, 4));
    kette_u256_to_hex(work, sim_world_block_work(run.world, 4));
    answers(p.path, "SELECT hash FROM block WHERE id = 4", hash);
    answers(p.path, "SELECT work FROM block WHERE id = 4", work);
    answers_number(p.path, "SELECT bytes FROM block WHERE id = 2",
                   sim_world_block_bytes(run.world, 2));
    kette_hash_to_hex(hash, sim_world_tx_id(run.world, 1));
    answers(p.path, "SELECT hash FROM tx WHERE name = 'pay'", hash);
    for (uint32_t block = 0; block < sim_world_block_count(run.world); block++) {
        for (uint32_t node = 0; node < 3; node++)
            arrivals += sim_world_arrived(run.world, node, block) >= 0;
    }
    CU_ASSERT_TRUE(arrivals >= 9);
    answers_number(p.path, "SELECT count(*) FROM arrival", arrivals);
    answers_number(p.path, "SELECT body_ns FROM arrival WHERE node = 0 AND block = 4",
                   sim_world_arrived(run.world, 0, 4));
    answers_number(p.path, "SELECT header_ns FROM arrival WHERE node = 0 AND block = 4",
                   sim_world_header_arrived(run.world, 0, 4));
    answers(p.path, "SELECT node, header_ns, body_ns, from_node FROM arrival WHERE block = 1",
            "0|1000000000|1000000000|NULL 1|1050000000|1050000000|0 2|1050000000|1050000000|0");
    answers_number(p.path, "SELECT count(*) FROM tip", run.facts[SIM_FACT_TIP]);
    answers_number(p.path, "SELECT count(*) FROM verdict", run.facts[SIM_FACT_VERDICT]);
    answers_number(p.path, "SELECT count(*) FROM message", run.messages);
    answers_number(p.path, "SELECT max(seq) FROM message", run.messages);
    answers_number(p.path, "SELECT count(*) FROM message WHERE fate = 'cut'",
                   (int64_t)sim_net_fate_count(sim_world_net(run.world), SIM_FATE_CUT));
    answers(p.path, "SELECT due_ns - sent_ns FROM message WHERE kind = 'new-block' LIMIT 1",
            "50000000");
    answers(p.path, "SELECT node, tx, event, from_node FROM tx_event WHERE node = 0",
            "0|1|accepted|NULL 0|1|returned|NULL");
    sim_world_free(run.world);
    place_clear(&p);
}

/* A stream that a long cut breaks is closed once and opened again; no connection opens or closes
 * twice in a row, and the first thing that it does is to open. */
static void
test_connections_open_and_close(void)
{
    const uint32_t alone[] = {0}, others[] = {1, 2};
    const uint32_t *const groups[] = {alone, others};
    const size_t sizes[] = {1, 2};
    g_autoptr(GError) error = NULL;
    g_autoptr(SimTrace) trace = NULL;
    Place p;
    Run run;

    place_init(&p);
    trace = sim_trace_open(p.path, SIM_TRACE_CONSENSUS, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(trace);
    run_init(&run);
    for (uint32_t edge = 0; edge < 6; edge++) {
        SimLinkSpec link = *sim_net_link(sim_world_net(run.world), edge);

        link.transport = SIM_TRANSPORT_STREAM;
        sim_net_set_link(sim_world_net(run.world), edge, &link);
    }
    sim_trace_watch(trace, run.world);
    sim_world_start(run.world);
    sim_net_partition(sim_world_net(run.world), &(SimCutSpec){0}, 2, groups, sizes);
    CU_ASSERT_EQUAL(sim_world_mine(run.world, 1, 1), KETTE_OK);
    run_until(&run, 3600 * SIM_S);
    sim_net_heal_all(sim_world_net(run.world));
    run_until(&run, 7200 * SIM_S);
    CU_ASSERT_TRUE(sim_trace_finish(trace, &about, &error));
    answers(p.path, "SELECT edge, group_concat(open, '') FROM connection GROUP BY edge",
            "0|101 2|101 4|1");
    answers(p.path, "SELECT count(*) FROM connection WHERE time_ns > 3600000000000 AND open", "2");
    sim_world_free(run.world);
    place_clear(&p);
}

static void
test_levels(void)
{
    const char *count = "SELECT (SELECT count(*) > 0 FROM node), (SELECT count(*) > 0 FROM edge),"
                        " (SELECT count(*) > 0 FROM block), (SELECT count(*) > 0 FROM tx),"
                        " (SELECT count(*) > 0 FROM fault), (SELECT count(*) > 0 FROM \"check\"),"
                        " (SELECT count(*) > 0 FROM measure), (SELECT count(*) > 0 FROM tip),"
                        " (SELECT count(*) > 0 FROM arrival), (SELECT count(*) > 0 FROM tx_event),"
                        " (SELECT count(*) > 0 FROM message), (SELECT count(*) > 0 FROM block_tx),"
                        " (SELECT count(*) > 0 FROM connection), (SELECT level FROM run)";
    const char *const want[] = {NULL, "1|1|1|1|1|1|1|0|0|0|0|1|0|summary",
                                "1|1|1|1|1|1|1|1|1|1|0|1|1|consensus",
                                "1|1|1|1|1|1|1|1|1|1|1|1|1|full"};
    SimTraceLevel level;
    Place p;
    Run run;

    for (unsigned l = SIM_TRACE_SUMMARY; l <= SIM_TRACE_FULL; l++) {
        place_init(&p);
        record(&run, p.path, l);
        answers(p.path, count, want[l]);
        sim_world_free(run.world);
        place_clear(&p);
        CU_ASSERT_TRUE(sim_trace_level_parse(&level, sim_trace_level_name(l)));
        CU_ASSERT_EQUAL(level, l);
    }
    CU_ASSERT_TRUE(sim_trace_level_parse(&level, "off"));
    CU_ASSERT_FALSE(sim_trace_level_parse(&level, "Full"));
    CU_ASSERT_FALSE(sim_trace_level_parse(&level, ""));
}

static void
test_views_give_what_a_hand_count_gives(void)
{
    g_autofree char *tip_of_two = NULL;
    Place p;
    Run run;
    SimTime back;

    place_init(&p);
    record(&run, p.path, SIM_TRACE_CONSENSUS);
    answers(p.path, "SELECT * FROM fork", "2|2|3|2000000000|3000000000");
    answers(p.path, "SELECT node, depth, old_height, height FROM reorg", "alice|1|2|3");
    back = sim_world_arrived(run.world, 0, 4);
    CU_ASSERT_TRUE(back > 10 * SIM_S);
    answers_number(p.path, "SELECT time_ns FROM reorg", back);
    answers(p.path,
            "SELECT old_hash = (SELECT hash FROM block WHERE id = 2),"
            " hash = (SELECT hash FROM block WHERE id = 4) FROM reorg",
            "1|1");
    answers(p.path, "SELECT height, time_ns FROM heights WHERE node = 'carol'",
            "1|1050000000 2|3050000000 3|3050000000");
    for (uint32_t block = 1; block < 5; block++) {
        g_autofree char *sql =
            g_strdup_printf("SELECT ifnull(p50_ns, -1) FROM propagation WHERE block = %u", block);
        g_autofree char *sql90 =
            g_strdup_printf("SELECT ifnull(p90_ns, -1) FROM propagation WHERE block = %u", block);

        answers_number(p.path, sql, sim_world_propagation(run.world, block, 500));
        answers_number(p.path, sql90, sim_world_propagation(run.world, block, 900));
    }
    answers(p.path, "SELECT reached, p50_ns, p90_ns, max_ns FROM propagation WHERE block = 1",
            "3|50000000|50000000|50000000");
    /* Agreed on genesis; 1 spreads; a leaves for 2; b, then c for 4; a comes back. */
    tip_of_two = g_strdup_printf("0|1|1 1000000000|2|0 1050000000|1|1 2000000000|2|0 3000000000|3|0"
                                 " 3050000000|2|0 %" G_GINT64_FORMAT "|1|1",
                                 back);
    answers(p.path, "SELECT * FROM agreement", tip_of_two);
    sim_world_free(run.world);
    place_clear(&p);
}

/* --- bytes ------------------------------------------------------------------------------- */

static void
same_bytes(const char *a, const char *b)
{
    g_autofree char *x = NULL, *y = NULL;
    gsize x_length = 0, y_length = 0;

    CU_ASSERT_TRUE_FATAL(g_file_get_contents(a, &x, &x_length, NULL));
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(b, &y, &y_length, NULL));
    CU_ASSERT_TRUE(x_length > 8192);
    CU_ASSERT_EQUAL(x_length, y_length);
    CU_ASSERT_TRUE(x_length == y_length && memcmp(x, y, x_length) == 0);
}

static void
test_the_same_run_gives_the_same_bytes(void)
{
    Place p, q;
    Run run;

    place_init(&p);
    place_init(&q);
    record(&run, p.path, SIM_TRACE_FULL);
    sim_world_free(run.world);
    record(&run, q.path, SIM_TRACE_FULL);
    sim_world_free(run.world);
    same_bytes(p.path, q.path);
    place_clear(&p);
    place_clear(&q);
}

/* Rows of two tables in turn, more than the chunks in use can hold; with pauses, the writer meets
 * other lengths of the queue. */
static void
write_many(const char *path, unsigned rows, unsigned pause_every)
{
    g_autoptr(GError) error = NULL;
    g_auto(IoOutput) file = IO_OUTPUT_INIT;
    SimTraceWriter *writer;

    CU_ASSERT_TRUE_FATAL(
        io_output_open_database(&file, path, SIM_TRACE_APPLICATION_ID, NULL, &error));
    writer = sim_trace_writer_new(file.temporary, path, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
    for (unsigned i = 0; i < rows; i++) {
        SimTraceCell *at = sim_trace_writer_begin(writer, SIM_TABLE_MESSAGE);

        at = sim_trace_put_text(at, i % 3 ? "new-block" : "ack");
        for (unsigned k = 0; k < 4; k++)
            at = sim_trace_put_integer(at, (int64_t)i * 1000 + k);
        at = sim_trace_put_text(at, "delivered");
        at = sim_trace_put_integer(at, i % 700);
        sim_trace_writer_end(writer, SIM_TABLE_MESSAGE, at);
        at = sim_trace_writer_begin(writer, SIM_TABLE_FAULT);
        at = sim_trace_put_integer(at, (int64_t)i + 1);
        at = sim_trace_put_integer(at, i);
        at = sim_trace_put_text(at, "kind");
        at = sim_trace_put_integer(at, 0);
        at = sim_trace_put_integer(at, SIM_TRACE_NULL);
        at = sim_trace_put_text(at, "text");
        sim_trace_writer_end(writer, SIM_TABLE_FAULT, at);
        if (pause_every > 0 && i % pause_every == 0)
            g_usleep(1000);
    }
    CU_ASSERT_TRUE(sim_trace_writer_finish(writer, &error));
    CU_ASSERT_TRUE(io_output_publish(&file, &error));
}

static void
test_timing_does_not_reach_the_bytes(void)
{
    const unsigned rows = 300000;
    Place p, q;

    place_init(&p);
    place_init(&q);
    write_many(p.path, rows, 0);
    write_many(q.path, rows, 7000);
    same_bytes(p.path, q.path);
    answers_number(p.path, "SELECT count(*) FROM message", rows);
    answers_number(p.path, "SELECT count(*) FROM fault WHERE seq = time_ns + 1", rows);
    answers(p.path, "SELECT count(*) FROM message WHERE src != (seq - 1) * 1000 OR dst != src + 1",
            "0");
    place_clear(&p);
    place_clear(&q);
}

/* --- failures ---------------------------------------------------------------------------- */

static void
refused(const char *path, const char *want)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimTrace) trace = sim_trace_open(path, SIM_TRACE_CONSENSUS, NULL, &error);

    CU_ASSERT_PTR_NULL(trace);
    CU_ASSERT_TRUE_FATAL(error != NULL);
    CU_ASSERT_TRUE(g_error_matches(error, IO_ERROR, IO_ERROR_OUTPUT));
    TEST_STR_EQUAL(error->message, want);
}

static void
test_where_no_file_can_stand(void)
{
    g_autofree char *inside = NULL, *want = NULL, *want_folder = NULL;
    Place p;

    place_init(&p);
    inside = g_build_filename(p.folder, "none", "run.db", NULL);
    want = g_strdup_printf("cannot write '%s': no folder '%s/none': make it, or name another file",
                           inside, p.folder);
    refused(inside, want);
    want_folder = g_strdup_printf("cannot write '%s': it is a folder: name another file", p.folder);
    refused(p.folder, want_folder);
    refused("/dev/null", "cannot write '/dev/null': it is not a regular file: name another file");
    place_holds(&p, "");
    place_clear(&p);
}

static void
test_given_up_it_leaves_nothing(void)
{
    g_autoptr(GError) error = NULL;
    SimTrace *trace;
    Place p;
    Run run;

    place_init(&p);
    trace = sim_trace_open(p.path, SIM_TRACE_FULL, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(trace);
    run_init(&run);
    sim_trace_watch(trace, run.world);
    run_play(&run);
    sim_trace_free(trace);
    place_holds(&p, "");
    sim_world_free(run.world);
    sim_trace_free(NULL);
    place_clear(&p);
}

/* The file that was there stays as it is until the new one is whole. */
static void
test_an_older_file_is_replaced_at_the_end(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *content = NULL;
    SimTrace *trace;
    Place p;
    Run run;

    place_init(&p);
    CU_ASSERT_TRUE(g_file_set_contents(p.path, "old", 3, NULL));
    trace = sim_trace_open(p.path, SIM_TRACE_FULL, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(trace);
    sim_trace_free(trace);
    CU_ASSERT_TRUE(g_file_get_contents(p.path, &content, NULL, NULL));
    TEST_STR_EQUAL(content, "old");
    record(&run, p.path, SIM_TRACE_SUMMARY);
    answers(p.path, "SELECT level FROM run", "summary");
    place_holds(&p, "run.db ");
    sim_world_free(run.world);
    place_clear(&p);
}

/* Lets files grow to `bytes`, as a full disk would; beyond that writes fail. */
static void
limit_files(rlim_t bytes, struct rlimit *ret_before)
{
    struct rlimit limit;

    CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, ret_before), 0);
    limit = *ret_before;
    limit.rlim_cur = bytes;
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A disk that is full after so many bytes, and a trace of so many rows that needs more. */
static void
full_disk(rlim_t bytes, unsigned rows)
{
    g_autoptr(GError) error = NULL;
    struct rlimit before;
    SimTrace *trace;
    Place p;
    Run run;
    bool whole;

    place_init(&p);
    run_init(&run);
    limit_files(bytes, &before);
    trace = sim_trace_open(p.path, SIM_TRACE_SUMMARY, NULL, &error);
    whole = trace != NULL;
    if (whole) {
        sim_trace_watch(trace, run.world);
        for (unsigned i = 0; i < rows; i++)
            sim_trace_check(trace, i, "some text of a check, some text", "at", "held", i, NULL);
        whole = sim_trace_finish(trace, &about, &error);
        place_holds(&p, "");
        sim_trace_free(trace);
    }
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &before), 0);
    CU_ASSERT_FALSE(whole);
    CU_ASSERT_TRUE(g_error_matches(error, IO_ERROR, IO_ERROR_FULL));
    CU_ASSERT_PTR_NOT_NULL(error ? strstr(error->message, p.path) : NULL);
    place_holds(&p, "");
    sim_world_free(run.world);
    place_clear(&p);
}

/* At the first byte, within a page, at the commit (what fits the cache of 2 MB is written then),
 * in the rows. */
static void
test_a_full_disk(void)
{
    void (*before_signal)(int) = signal(SIGXFSZ, SIG_IGN);

    full_disk(0, 1);
    full_disk(5000, 1);
    full_disk(8192 * 5, 1);
    full_disk(8192 * 20, 20000);
    full_disk(8192 * 300, 300000);
    full_disk(8192 * 2000, 500000);
    signal(SIGXFSZ, before_signal);
}
/* A run can learn of it before its end. */
static void
test_a_failure_shows_early(void)
{
    void (*before_signal)(int) = signal(SIGXFSZ, SIG_IGN);
    g_autoptr(GError) error = NULL;
    struct rlimit before;
    SimTrace *trace;
    Place p;
    unsigned rows = 0;

    place_init(&p);
    trace = sim_trace_open(p.path, SIM_TRACE_FULL, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(trace);
    limit_files(4 * 8192, &before);
    CU_ASSERT_FALSE(sim_trace_failed(trace));
    for (; rows < 10000000 && !sim_trace_failed(trace); rows++)
        sim_trace_check(trace, rows, "some text", "at", "held", 1, NULL);
    CU_ASSERT_TRUE(sim_trace_failed(trace));
    sim_trace_free(trace);
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, before_signal);
    place_clear(&p);
}

TEST_SUITE(trace, {"rows of a run", test_rows_of_a_run},
           {"rows match the world", test_rows_match_the_world},
           {"connections open and close", test_connections_open_and_close}, {"levels", test_levels},
           {"views give what a hand count gives", test_views_give_what_a_hand_count_gives},
           {"the same run gives the same bytes", test_the_same_run_gives_the_same_bytes},
           {"timing does not reach the bytes", test_timing_does_not_reach_the_bytes},
           {"where no file can stand", test_where_no_file_can_stand},
           {"given up, it leaves nothing", test_given_up_it_leaves_nothing},
           {"an older file is replaced at the end", test_an_older_file_is_replaced_at_the_end},
           {"a full disk", test_a_full_disk}, {"a failure shows early", test_a_failure_shows_early})
