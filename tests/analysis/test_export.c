/* Exports of the trace worked out by hand, and of one whose names are made to do harm; and files
 * that are no databases of ours. */
#include "tests/analysis/trace.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <libxml/parser.h>
#include <sqlite3.h>
#include <string.h>

#define HARM                                                                                       \
    "UPDATE node SET name = '</script><script>alert(1)</script>\"\\&]]>' || char(1, 10) WHERE id " \
    "= 0"

static char *export(const char *folder, const char *format)
{
    g_auto(Result) result = COMMAND(folder, "export", "t.db", "--format", format);

    TEST_STR_EQUAL(result.err, "");
    CU_ASSERT_EQUAL(result.status, 0);
    return g_steal_pointer(&result.out);
}

/* --- Perfetto ----------------------------------------------------------------------------- */

static guint
count_events(JsonArray *events, const char *phase, const char *category)
{
    guint count = 0;

    for (guint i = 0; i < json_array_get_length(events); i++) {
        JsonObject *event = json_array_get_object_element(events, i);
        const char *has = json_object_get_string_member_with_default(event, "cat", "");

        count += strcmp(json_object_get_string_member(event, "ph"), phase) == 0 &&
                 strcmp(has, category) == 0;
    }
    return count;
}

static void
test_perfetto(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    g_autofree char *text = export(folder, "perfetto");
    g_autoptr(JsonNode) root = json_from_string(text, NULL);
    JsonArray *events;
    guint came = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    events = json_object_get_array_member(json_node_get_object(root), "traceEvents");
    for (size_t i = 0; i < trace_message_count; i++)
        came += strcmp(trace_messages[i].fate, "delivered") == 0;
    CU_ASSERT_EQUAL(count_events(events, "s", "message"), came);
    CU_ASSERT_EQUAL(count_events(events, "f", "message"), came);
    CU_ASSERT_EQUAL(count_events(events, "X", "message"), trace_message_count + came);
    CU_ASSERT_EQUAL(count_events(events, "i", "block"), 3);
    CU_ASSERT_EQUAL(count_events(events, "i", "fault"), 2);
    CU_ASSERT_EQUAL(count_events(events, "b", "fault"), 1);
    TEST_CONTAINS(text, "{\"ph\":\"e\",\"pid\":2,\"tid\":0,\"ts\":20000000.000,"
                        "\"name\":\"partition {a} | {b, c} for 15s\",\"cat\":\"fault\",\"id\":1}");
    CU_ASSERT_EQUAL(count_events(events, "X", "tip"), 6);
    TEST_CONTAINS(text, "{\"ph\":\"i\",\"pid\":1,\"tid\":0,\"ts\":10000000.000,\"name\":\"found 1 "
                        "00000000\"");
    /* The last tip of a lasts until the end of the run. */
    TEST_CONTAINS(text, "\"tid\":0,\"ts\":20000000.000,\"dur\":20000000.000,");
    {
        g_auto(Result) window =
            COMMAND(folder, "export", "t.db", "-f", "perfetto", "--from", "20s", "--to", "20500ms");

        CU_ASSERT_PTR_NULL(strstr(window.out, "\"ts\":1"));
        TEST_CONTAINS(window.out, "\"name\":\"end of partition {a} | {b, c} for 15s\"");
    }
    folder_remove(folder);
}

/* --- Graphviz, GraphML -------------------------------------------------------------------- */

static void
test_dot(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    g_autofree char *text = export(folder, "dot");

    TEST_STR_EQUAL(text, "digraph blocks {\n  rankdir=RL;\n"
                         "  node [shape=box, fontname=\"monospace\"];\n"
                         "  b0 [style=solid, label=\"0 00000000\\ngenesis\"];\n"
                         "  b1 [style=solid, label=\"1 00000000\\na\"];\n"
                         "  b1 -> b0 [style=solid];\n"
                         "  b2 [style=dashed, label=\"1 00000000\\nb\"];\n"
                         "  b2 -> b0 [style=dashed];\n"
                         "  b3 [style=solid, label=\"2 00000000\\na\"];\n"
                         "  b3 -> b1 [style=solid];\n}\n");
    folder_remove(folder);
}

/* What is exported is read back as the same links. */
static void
test_graphml_again(void)
{
    static const char dump[] =
        "SELECT e.*, n.region FROM edge e JOIN node n ON n.id = e.dst ORDER BY src, dst";
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    g_autofree char *text = export(folder, "graphml");
    g_autofree char *graph = folder_write(folder, "net.graphml", text);
    g_autofree char *scenario =
        folder_write(folder, "again.scn",
                     "scn 1 \"again\"\nduration 1s\nnodes a\nnodes b\nnodes c\n"
                     "topology file=\"net.graphml\"\n");
    g_auto(Result) run = COMMAND(folder, "run", "again.scn", "-q", "-o", "again.db");
    g_auto(Result) was = COMMAND(folder, "query", "t.db", dump, "--csv");
    g_auto(Result) is = COMMAND(folder, "query", "again.db", dump, "--csv");

    TEST_STR_EQUAL(run.err, "");
    CU_ASSERT_EQUAL(run.status, 0);
    TEST_STR_EQUAL(is.out, was.out);
    folder_remove(folder);
}

static guint
count_of(const char *text, const char *part)
{
    guint count = 0;

    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

/* Two directions stand as one edge when all is the same, whatever the one thing that differs. */
static void
test_graphml_directions(void)
{
    static const char *const changes[] = {
        "latency = '6ms'", "min_ns = 2",      "jitter_ns = 1",     "rate_bps = 9",
        "queue_bytes = 9", "loss_ppb = 1",    "fifo = 0",          "bad_loss_ppb = 1",
        "to_bad_ppb = 1",  "to_good_ppb = 1", "duplicate_ppb = 1", "reorder_ppb = 1",
        "corrupt_ppb = 1", "small_ns = 1",    "stream = 1",        "per_link = 1",
    };
    static const char one[] = "target=\"n1\" directed=\"false\"";
    static const char two[] = "directed=\"true\"";
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    g_autofree char *before = NULL;

    trace_edit(path, "CREATE TABLE kept AS SELECT * FROM edge WHERE id = 1");
    before = export(folder, "graphml");
    CU_ASSERT_EQUAL(count_of(before, one), 1);
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autofree char *sql = g_strdup_printf("UPDATE edge SET %s WHERE id = 1", changes[i]);
        g_autofree char *text = NULL;

        trace_edit(path, sql);
        text = export(folder, "graphml");
        if (count_of(text, one) != 0 || count_of(text, two) != count_of(before, two) + 2)
            TEST_STR_EQUAL("two edges", changes[i]);
        trace_edit(path, "DELETE FROM edge WHERE id = 1; INSERT INTO edge SELECT * FROM kept");
    }
    folder_remove(folder);
}

/* Measured times of which the trace has no text. */
static void
test_graphml_times_lost(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");

    trace_edit(path, "UPDATE edge SET latency = 'empirical(\"lost.csv\")' WHERE id = 2");
    COMMAND_REFUSED(folder, "does not have the times of a link's latency empirical(\"lost.csv\")",
                    "export", "t.db", "-f", "graphml");
    folder_remove(folder);
}

/* A trace whose ends of edges are texts: they are numbers in the file, whatever they say. */
static void
test_graphml_hostile(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    g_autofree char *text = NULL;

    trace_edit(path, "CREATE TABLE e2 AS SELECT * FROM edge; DROP TABLE edge;"
                     "ALTER TABLE e2 RENAME TO edge;"
                     "UPDATE edge SET src = '0\" evil=\"1\"/><x y=\"' WHERE id = 1");
    text = export(folder, "graphml");
    CU_ASSERT_PTR_NULL(strstr(text, "evil"));
    folder_remove(folder);
}

/* --- CSV ---------------------------------------------------------------------------------- */

static void
test_csv(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    g_autofree char *file = NULL;
    g_autofree char *text = NULL;

    trace_edit(path, "CREATE TABLE \"../out\"(x); CREATE TABLE extra(x)");
    {
        g_auto(Result) result =
            COMMAND(folder, "export", "t.db", "--format", "csv", "-o", "deep/tables");
        g_auto(Result) nowhere = COMMAND(folder, "export", "t.db", "--format", "csv");

        CU_ASSERT_EQUAL(result.status, 0);
        CU_ASSERT_EQUAL(nowhere.status, 2);
    }
    file = folder_path(folder, "deep/tables/arrival.csv");
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(file, &text, NULL, NULL));
    CU_ASSERT_TRUE(g_str_has_prefix(text,
                                    "node,block,header_ns,body_ns,joined_ns,from_node\n"
                                    "0,1,,10000000000,10000000000,\n1,2,,11000000000,11000000000,\n"
                                    "2,2,,11500000000,11500000000,1\n"));
    {
        g_autofree char *outside = folder_path(folder, "deep/out.csv");
        g_autofree char *inside = folder_path(folder, "deep/tables/extra.csv");

        CU_ASSERT_FALSE(g_file_test(outside, G_FILE_TEST_EXISTS));
        CU_ASSERT_TRUE(g_file_test(inside, G_FILE_TEST_EXISTS));
    }
    folder_remove(folder);
}

/* --- names made to do harm ---------------------------------------------------------------- */

static void
test_hostile_names(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    g_autofree char *perfetto = NULL;
    g_autofree char *dot = NULL;
    g_autofree char *graphml = NULL;
    g_autoptr(JsonNode) root = NULL;
    xmlDocPtr document;

    trace_edit(path, HARM);
    perfetto = export(folder, "perfetto");
    root = json_from_string(perfetto, NULL);
    CU_ASSERT_PTR_NOT_NULL(root);
    CU_ASSERT_PTR_NULL(strstr(perfetto, "</script>"));
    dot = export(folder, "dot");
    TEST_CONTAINS(dot, "[style=solid, label=\"1 00000000\\n</script><script>alert(1)</script>"
                       "\\\"\\\\&]]>?\\n\"];\n");
    graphml = export(folder, "graphml");
    CU_ASSERT_PTR_NULL(strstr(graphml, "<script>"));
    document = xmlReadMemory(graphml, (int)strlen(graphml), "x", NULL,
                             XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    CU_ASSERT_PTR_NOT_NULL(document);
    xmlFreeDoc(document);
    folder_remove(folder);
}

/* --- files that are none of ours ---------------------------------------------------------- */

/* One line and status 2, whoever asks. */
static void
check_refused(const char *folder, const char *file, const char *why)
{
    g_auto(Result) query = COMMAND(folder, "query", file, "overview");
    g_auto(Result) dot = COMMAND(folder, "export", file, "--format", "dot", "-o", "x.dot");
    g_auto(Result) report = COMMAND(folder, "report", file, "-o", "x.dot");
    const Result *results[] = {&query, &dot, &report};
    g_autofree char *left = folder_path(folder, "x.dot");

    for (size_t i = 0; i < G_N_ELEMENTS(results); i++) {
        CU_ASSERT_EQUAL(results[i]->status, 2);
        TEST_STR_EQUAL(results[i]->out, "");
        TEST_CONTAINS(results[i]->err, why);
        CU_ASSERT_PTR_EQUAL(strchr(results[i]->err, '\n'),
                            results[i]->err + strlen(results[i]->err) - 1);
    }
    CU_ASSERT_FALSE(g_file_test(left, G_FILE_TEST_EXISTS));
}

static void
test_refused(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    g_autofree char *empty = folder_write(folder, "empty.db", "");
    g_autofree char *text =
        folder_write(folder, "text.db", "no database, but long enough to be one");
    g_autofree char *bytes = NULL;
    g_autofree char *cut = folder_path(folder, "cut.db");
    gsize size;

    check_refused(folder, "nowhere.db", "there is no such file");
    check_refused(folder, ".", "it is no regular file");
    check_refused(folder, "empty.db", "neither a trace nor the results of a sweep");
    check_refused(folder, "text.db", "file is not a database");
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &bytes, &size, NULL));
    CU_ASSERT_TRUE(g_file_set_contents(cut, bytes, (gssize)size / 3, NULL));
    check_refused(folder, "cut.db", "cannot read 'cut.db': ");
    trace_edit(path, "PRAGMA user_version = 99");
    check_refused(folder, "t.db", "it has schema 99, and this kettensim reads 9: use a newer");
    trace_edit(path, "PRAGMA user_version = 2");
    check_refused(folder, "t.db", "it has schema 2, and this kettensim reads 9: run its");
    trace_edit(path, "PRAGMA user_version = 9; PRAGMA application_id = 7");
    check_refused(folder, "t.db", "neither a trace nor the results of a sweep");
    trace_edit(path, "PRAGMA application_id = 0x6b747472; ALTER TABLE tip RENAME TO pit");
    check_refused(folder, "t.db", "table tip is missing");
    trace_edit(path, "ALTER TABLE pit RENAME TO tip; UPDATE block SET parent = 3 WHERE id = 1");
    check_refused(folder, "t.db", "a block does not stand above its parent");
    trace_edit(path, "UPDATE block SET parent = 0 WHERE id = 1;"
                     "UPDATE block SET height = height + 9223372036854775000");
    trace_edit(path, "UPDATE block SET height = 9223372036854775807");
    check_refused(folder, "t.db", "a block does not stand above its parent");
    trace_edit(path, "UPDATE block SET height = id; DELETE FROM run");
    check_refused(folder, "t.db", "it tells of no run");
    folder_remove(folder);
}

static void
copy(const char *from, const char *to)
{
    g_autofree char *bytes = NULL;
    gsize size;

    CU_ASSERT_TRUE_FATAL(g_file_get_contents(from, &bytes, &size, NULL));
    CU_ASSERT_TRUE(g_file_set_contents(to, bytes, (gssize)size, NULL));
}

#define SWEEP                                                                                      \
    "scn 1 \"s\"\nduration 1m\nnodes n[1..2]\nsweep a = 1, 2\nparam a = 1\nmeasure m = "           \
    "max_reorg(all)\n"

static void
test_newer_results(void)
{
    char *folder = folder_new();
    g_autofree char *scenario = folder_write(folder, "s.scn", SWEEP);
    g_autofree char *path = folder_path(folder, "s.db");
    g_auto(Result) made = COMMAND(folder, "sweep", "s.scn", "-q", "-o", "s.db");

    CU_ASSERT_EQUAL_FATAL(made.status, 0);
    trace_edit(path, "PRAGMA user_version = 1");
    check_refused(folder, "s.db", "a newer kettensim wrote it");
    {
        g_auto(Result) again = COMMAND(folder, "sweep", "s.scn", "-q", "-o", "s.db");
        g_auto(Result) fresh = COMMAND(folder, "sweep", "s.scn", "-q", "--fresh", "-o", "s.db");
        g_auto(Result) merge = COMMAND(folder, "merge", "-q", "m.db", "s.db");

        CU_ASSERT_EQUAL(again.status, 2);
        CU_ASSERT_EQUAL(fresh.status, 2);
        CU_ASSERT_EQUAL(merge.status, 2);
        TEST_CONTAINS(again.err, "a newer kettensim wrote 's.db'");
    }
    folder_remove(folder);
}

/* As a process leaves it that is killed while it writes: half of it new, and a journal. */
static void
test_half_written(void)
{
    char *folder = folder_new();
    g_autofree char *scenario = folder_write(folder, "s.scn", SWEEP);
    g_autofree char *path = folder_path(folder, "s.db");
    g_autofree char *journal = folder_path(folder, "s.db-journal");
    g_autofree char *half = folder_path(folder, "half.db");
    g_autofree char *half_journal = folder_path(folder, "half.db-journal");
    g_auto(Result) made = COMMAND(folder, "sweep", "s.scn", "-q", "-o", "s.db");
    sqlite3 *db = NULL;

    CU_ASSERT_EQUAL_FATAL(made.status, 0);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &db), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db,
                                 "PRAGMA cache_size = 1; BEGIN; UPDATE run SET detail = 'no';"
                                 "CREATE TABLE a AS SELECT zeroblob(99999) AS x",
                                 NULL, NULL, NULL),
                    SQLITE_OK);
    copy(path, half);
    copy(journal, half_journal);
    sqlite3_close(db);
    check_refused(folder, "half.db", "give the command that wrote it again");
    {
        g_auto(Result) again = COMMAND(folder, "sweep", "s.scn", "-q", "-o", "half.db");
        g_auto(Result) runs =
            COMMAND(folder, "query", "half.db", "SELECT detail FROM run", "--csv");

        CU_ASSERT_EQUAL(again.status, 0);
        CU_ASSERT_STRING_EQUAL(runs.out, "detail\n\n\n");
    }
    folder_remove(folder);
}

/* Bytes flipped anywhere: an answer or one line, never a crash. */
static void
test_flipped(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    g_autofree char *flipped = folder_path(folder, "f.db");
    g_autofree char *bytes = NULL;
    gsize size;

    CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &bytes, &size, NULL));
    for (guint k = 0; k < 60; k++) {
        gsize at = (gsize)k * 2654435761u % size;

        bytes[at] = (char)(bytes[at] ^ (1 + k));
        CU_ASSERT_TRUE(g_file_set_contents(flipped, bytes, (gssize)size, NULL));
        bytes[at] = (char)(bytes[at] ^ (1 + k));
        {
            g_auto(Result) query = COMMAND(folder, "query", "f.db", "heals");
            g_auto(Result) json = COMMAND(folder, "export", "f.db", "-f", "perfetto");

            CU_ASSERT(query.status == 0 || query.status == 2);
            CU_ASSERT(json.status == 0 || json.status == 2);
        }
    }
    folder_remove(folder);
}

TEST_SUITE(export, {"perfetto", test_perfetto}, {"dot", test_dot},
           {"graphml is read back", test_graphml_again},
           {"directions that differ in one thing", test_graphml_directions},
           {"GraphML of a hostile trace", test_graphml_hostile},
           {"GraphML without its times", test_graphml_times_lost}, {"csv", test_csv},
           {"names made to do harm", test_hostile_names},
           {"files that are none of ours", test_refused},
           {"results of a newer one", test_newer_results},
           {"results half written", test_half_written}, {"bytes flipped", test_flipped})
