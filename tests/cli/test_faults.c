/* The rows of faults in a trace: the fault that each begins, the row that ends it, and the nodes
 * that it concerns. */
#include "tests/cli/command.h"

#include <json-glib/json-glib.h>
#include <sqlite3.h>

#define HEAD "scn 1 \"faults\"\nchain pow=off\nduration 1m\n"
#define FOUR HEAD "nodes a[1..4]\ntopology mesh\n"

/* seq|kind|begins|ends_seq|nodes */
#define ROWS                                                                                       \
    "SELECT seq, kind, begins, ifnull(ends_seq, '-'), ifnull((SELECT group_concat(name, ' ') FROM" \
    " (SELECT n.name FROM fault_node x JOIN node n ON n.id = x.node WHERE x.fault = f.seq"         \
    "  ORDER BY n.id)), '') FROM fault f ORDER BY seq"

typedef struct {
    const char *what, *scenario, *rows;
} Story;

static void
tell(const Story *story)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", story->scenario));
    {
        g_auto(Result) run = COMMAND(folder, "run", "s.scn", "-q", "-o", "s.db");
        g_autofree char *rows = folder_query(folder, "s.db", ROWS);
        g_autofree char *told = g_strconcat(story->what, "\n", rows, NULL);
        g_autofree char *want = g_strconcat(story->what, "\n", story->rows, NULL);

        TEST_STR_EQUAL(run.err, "");
        CU_ASSERT_EQUAL(run.status, 0);
        TEST_STR_EQUAL(told, want);
    }
    folder_remove(folder);
}

static void
tell_all(const Story *stories, size_t count)
{
    for (size_t i = 0; i < count; i++)
        tell(&stories[i]);
}

static void
test_cuts(void)
{
    static const Story stories[] = {
        {"a cut of two",
         FOUR "at 1s partition {a1} | {a2} name=x\nat 2s oneway a3 -> a4 name=y\nat 3s heal x\n",
         "1|partition|1|3|a1 a2\n2|oneway|1|-|a3 a4\n3|heal|0|-|\n"},
        {"all cuts, of the network and closed ones",
         FOUR "at 1s partition {a1} | {a2}\nat 2s cut a1 a3\nat 3s heal\nat 4s heal maybe\n",
         "1|partition|1|3|a1 a2\n2|cut|1|3|a1 a3\n3|heal|0|-|\n"},
        {"a cut of its own time",
         FOUR "at 1s partition isolate a2 for 5s name=x\nat 2s cut a1 a3 for 2s\n",
         "1|partition|1|4|a2\n2|cut|1|3|a1 a3\n3|end|0|-|\n4|end|0|-|\n"},
        {"a heal before its time", FOUR "at 1s partition isolate a2 for 5s name=x\nat 2s heal x\n",
         "1|partition|1|2|a2\n2|heal|0|-|\n"},
        {"the same cut again", /* the second firing has a time of its own */
         FOUR "every 10s from 1s until 12s partition isolate a2 for 5s\n",
         "1|partition|1|2|a2\n2|end|0|-|\n3|partition|1|4|a2\n4|end|0|-|\n"},
        {"cuts that hold and slow",
         FOUR
         "at 1s oneway a1 -> a2 style=slow by=1s for 2s\nat 2s partition isolate a3 style=hold\n"
         "at 5s heal\n",
         "1|oneway|1|3|a1 a2\n2|partition|1|4|a3\n3|end|0|-|\n4|heal|0|-|\n"},
        {"a cut that is joined edge by edge",
         FOUR "at 1s cut a1 a[2..3] name=c\nat 2s join-edge a1 a2\nat 3s join-edge a1 a3 for 2s\n",
         "1|cut|1|3|a1 a2 a3\n2|join-edge|0|-|a1 a2\n3|join-edge|1|4|a1 a3\n4|end|0|-|\n"},
        {"a cut that a reconnection ends", /* which is no fact of the run */
         FOUR "at 1s cut a1 a2\nat 2s reconnect a1 a2\nat 3s reconnect a3 a4\n",
         "1|cut|1|2|a1 a2\n2|reconnect|0|-|\n"},
    };

    tell_all(stories, G_N_ELEMENTS(stories));
}

static void
test_nodes(void)
{
    static const Story stories[] = {
        {"a pause that ends node by node",
         FOUR "at 1s pause a[1..3]\nat 2s resume a2\nat 3s resume a1\nat 4s resume a3\n",
         "1|pause|1|4|a1 a2 a3\n2|resume|0|-|a2\n3|resume|0|-|a1\n4|resume|0|-|a3\n"},
        {"a pause whose time ends the rest of it",
         FOUR "at 1s pause a[1..3] for 5s\nat 2s resume a2\n",
         "1|pause|1|3|a1 a2 a3\n2|resume|0|-|a2\n3|end|0|-|a1 a3\n"},
        {"a pause that a crash ends",
         FOUR "at 1s pause a1 for 9s\nat 2s crash a1\nat 3s restart a1\n",
         "1|pause|1|2|a1\n2|crash|1|3|a1\n3|restart|0|-|a1\n"},
        {"a set and a name", FOUR "at 1s pause a[3]\nat 2s resume a3\n",
         "1|pause|1|2|a3\n2|resume|0|-|a3\n"},
        {"one resume for two pauses",
         FOUR "at 1s pause a1\nat 2s pause a[2..4]\nat 3s resume all\n",
         "1|pause|1|3|a1\n2|pause|1|3|a2 a3 a4\n3|resume|0|-|a1 a2 a3 a4\n"},
        {"down, and away", FOUR "at 1s crash a1\nat 2s leave a1\nat 3s restart a1\nat 4s join a1\n",
         "1|crash|1|3|a1\n2|leave|1|4|a1\n3|restart|0|-|a1\n4|join|0|-|a1\n"},
        {"a restart of one that is up", FOUR "at 1s restart a1\n", "1|restart|0|-|a1\n"},
        {"a crash that waits for a write",
         FOUR "at 1s crash a1 at-write=1\nat 2s mine 1 at a2\nat 9s restart a1\n",
         "1|crash|1|3|a1\n2|crash-in-write|0|-|a1\n3|restart|0|-|a1\n"},
        {"an eclipse", FOUR "at 1s eclipse a1 by {a2, a3} for 3s\n",
         "1|eclipse|1|2|a1\n2|end|0|-|a1\n"},
        {"what sets something", FOUR "at 1s clock a1 +3s\nat 2s clock a1 +0s\n",
         "1|clock|0|-|a1\n2|clock|0|-|a1\n"},
        {"one that does nothing", FOUR "at 1s resume a1 maybe\nat 2s mine 1 at a1\n", ""},
    };

    tell_all(stories, G_N_ELEMENTS(stories));
}

static void
test_mining(void)
{
    static const Story stories[] = {
        {"mining off and on",
         HEAD "nodes a[1..3] share=100%\nnode b role=full\ntopology mesh\nat 1s mining off all\n"
              "at 2s mining off a1\nat 3s mining on a[1..2]\nat 4s hash a1 = 30%\n"
              "at 5s mining on all\n",
         "1|mining|1|5|a1 a2 a3\n2|mining|0|-|\n3|mining|0|-|a1 a2\n4|hash|0|-|a1\n"
         "5|mining|0|-|a3\n"},
    };

    tell_all(stories, G_N_ELEMENTS(stories));
}

static void
test_impairs(void)
{
    static const Story stories[] = {
        {"what is done to messages",
         FOUR "at 1s loss a1 -> a2 50% for 3s\nat 2s delay a[1..2] -> a3 +1s for 1s maybe\n"
              "at 3s corrupt a1 -> a4 1%\nat 4s duplicate a1 -> a4 1% for 2m\n"
              "at 5s reorder a1 -> a4 1%\n",
         "1|loss|1|5|a1 a2\n2|delay|1|3|a1 a2 a3\n3|end|0|-|\n4|corrupt|1|-|a1 a4\n5|end|0|-|\n"
         "6|duplicate|1|-|a1 a4\n7|reorder|1|-|a1 a4\n"},
    };

    tell_all(stories, G_N_ELEMENTS(stories));
}

static void
test_churn(void)
{
    static const Story stories[] = {
        {"a churn, its comings and goings, and its end while away",
         FOUR "at 1s churn a1 session=10s absence=5s for 27s\n",
         "1|churn|1|5|a1\n2|churn-leave|1|3|a1\n3|churn-join|0|-|a1\n4|churn-leave|1|5|a1\n"
         "5|end|0|-|a1\n"},
        {"a join brings it back", FOUR "at 1s churn a1 session=10s absence=50s\nat 12s join a1\n",
         "1|churn|1|-|a1\n2|churn-leave|1|3|a1\n3|join|0|-|a1\n"},
        {"a later churn takes its place",
         FOUR "at 1s churn a[1..2] session=2m absence=1s\nat 2s churn a1 session=3m absence=1s\n"
              "at 3s churn a2 session=4m absence=1s for 5s\n",
         "1|churn|1|3|a1 a2\n2|churn|1|-|a1\n3|churn|1|4|a2\n4|end|0|-|a2\n"},
    };

    tell_all(stories, G_N_ELEMENTS(stories));
}

/* Actions of a script are told like the others; what it connects for itself ends a cut, too. */
static void
test_script(void)
{
    static const Story story = {
        "a script",
        HEAD "node n\nnode peer role=script\ntopology none\nedge n peer\n"
             "tree\n  g - b1 - b2\nend\nscript deliver from=peer to=n\n  b1 -> tip\n  crash n\n"
             "  restart n\n  cut n peer\n  b2 -> tip\n  pause n\nend\n",
        "1|crash|1|2|n\n2|restart|0|-|n\n3|cut|1|4|n peer\n4|connect|0|-|\n5|pause|1|-|n\n"};

    tell(&story);
}

/* A node that starts late has nothing to do with the next fault. */
static void
test_late_start(void)
{
    static const Story story = {"a late start",
                                HEAD "nodes a\nnodes b start=5s\nedge a b\nat 9s pause a for 1s\n",
                                "1|pause|1|2|a\n2|end|0|-|a\n"};

    tell(&story);
}

static void
test_drawn(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", FOUR "at 1s pause random(2) for 1s\n"));
    {
        g_auto(Result) run = COMMAND(folder, "run", "s.scn", "-q", "-o", "s.db");
        g_autofree char *count = folder_query(
            folder, "s.db", "SELECT fault, count(DISTINCT node) FROM fault_node GROUP BY fault");

        TEST_STR_EQUAL(run.err, "");
        TEST_STR_EQUAL(count, "1|2\n2|2\n");
    }
    folder_remove(folder);
}

/* --- sides -------------------------------------------------------------------------------- */

static void
test_sides(void)
{
    static const struct {
        const char *action, *sides; /* name=side of each node with a row; - for NULL */
    } cases[] = {
        {"partition a2 | a[3..4]", "a2=1 a3=2 a4=2"},
        {"partition halves", "a1=1 a2=1 a3=2 a4=2"},
        {"partition isolate a[2..3]", "a2=1 a3=1"},
        {"partition bridge via=a2", "a1=1 a2=0 a3=1 a4=2"},
        {"partition ring", "a1=- a2=- a3=- a4=-"},
        {"oneway a1 -> a[3..4]", "a1=1 a3=2 a4=2"},
        {"oneway a[1..2] -> a[2..3]", "a1=1 a2=0 a3=2"},
        {"cut a1 a2", "a1=- a2=-"},
        {"pause a1", "a1=-"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *folder = folder_new();
        g_autofree char *text = g_strconcat(FOUR "at 1s ", cases[i].action, " maybe\n", NULL);

        g_free(folder_write(folder, "s.scn", text));
        {
            g_auto(Result) run = COMMAND(folder, "run", "s.scn", "-q", "-o", "s.db");
            g_autofree char *sides = folder_query(
                folder, "s.db",
                "SELECT group_concat(name || '=' || ifnull(side, '-'), ' ') FROM (SELECT n.name,"
                " x.side FROM fault_node x JOIN node n ON n.id = x.node ORDER BY n.id)");
            g_autofree char *want = g_strconcat(cases[i].sides, "\n", NULL);

            TEST_STR_EQUAL(run.err, "");
            TEST_STR_EQUAL(sides, want);
        }
        folder_remove(folder);
    }
}

/* --- readers ------------------------------------------------------------------------------ */

static void
test_show(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn",
                        FOUR "at 10s pause a[3]\nat 20s resume a3\nat 30s pause a[1..2]\n"
                             "at 40s resume a2\nat 50s resume a1\n"));
    {
        g_auto(Result) run = COMMAND(folder, "run", "s.scn", "-q", "-o", "s.db");
        g_auto(Result) between = COMMAND(folder, "show", "s.db", "--at", "25s");
        g_auto(Result) first = COMMAND(folder, "show", "s.db", "--at", "10s");
        g_auto(Result) over = COMMAND(folder, "show", "s.db", "--at", "20s");
        g_auto(Result) later = COMMAND(folder, "show", "s.db", "--at", "45s");
        g_auto(Result) part = COMMAND(folder, "show", "s.db", "--at", "45s", "--json");
        g_auto(Result) end = COMMAND(folder, "show", "s.db");
        g_autoptr(JsonNode) root = json_from_string(part.out, NULL);
        JsonArray *faults, *nodes;
        JsonObject *fault;

        CU_ASSERT_EQUAL(run.status, 0);
        TEST_CONTAINS(between.out, "Faults in force\n  none\n");
        TEST_CONTAINS(over.out, "Faults in force\n  none\n");
        TEST_CONTAINS(first.out, "Faults in force\n  pause a[3]  (since 10s)\n");
        TEST_CONTAINS(later.out, "Faults in force\n  pause a[1..2]  (since 30s; still at a1)\n");
        TEST_CONTAINS(end.out, "Faults in force\n  none\n");
        CU_ASSERT_PTR_NOT_NULL_FATAL(root);
        faults = json_object_get_array_member(json_node_get_object(root), "faults");
        CU_ASSERT_EQUAL_FATAL(json_array_get_length(faults), 1);
        fault = json_array_get_object_element(faults, 0);
        TEST_STR_EQUAL(json_object_get_string_member(fault, "kind"), "pause");
        TEST_STR_EQUAL(json_object_get_string_member(fault, "text"), "pause a[1..2]");
        CU_ASSERT_EQUAL(json_object_get_int_member(fault, "since_ns"), 30000000000);
        nodes = json_object_get_array_member(fault, "nodes");
        CU_ASSERT_EQUAL_FATAL(json_array_get_length(nodes), 1);
        TEST_STR_EQUAL(json_array_get_string_element(nodes, 0), "a1");
    }
    folder_remove(folder);
}

/* A fault in force leaves out the nodes that a later row has released. */
static void
test_show_released(void)
{
    static const struct {
        const char *actions, *faults;
    } cases[] = {
        {"at 1s pause a[1..4]\nat 2s restart a2\nat 3s crash a4\nat 4s pause a2\n"
         "at 5s clock a3 +1s\nat 6s leave a1\n",
         "  pause a[1..4]  (since 1s; still at a1 a3)\n  crash a4  (since 3s)\n"
         "  pause a2  (since 4s)\n  leave a1  (since 6s)\n"},
        {"at 1s pause a[1..2]\nat 2s crash a2 at-write=1\n",
         "  pause a[1..2]  (since 1s)\n  crash a2 at-write=1  (since 2s)\n"},
        {"at 1s pause a[1..2]\nat 2s crash a2 at-write=1\nat 3s mine 1 at a2 as b\n",
         "  pause a[1..2]  (since 1s; still at a1)\n  crash a2 at-write=1  (since 2s)\n"},
        {"at 1s crash a[1..2] at-write=99\nat 2s crash a2\n",
         "  crash a[1..2] at-write=99  (since 1s; still at a1)\n  crash a2  (since 2s)\n"},
        {"at 1s crash a[1..3]\nat 2s restart a[2..3]\nat 3s crash a3 for 9s\n",
         "  crash a[1..3]  (since 1s; still at a1)\n"},
        {"at 1s leave a[1..3]\nat 2s pause a1\nat 3s join a2\nat 4s resume a1\n",
         "  leave a[1..3]  (since 1s; still at a1 a3)\n"},
        {"at 1s churn a[1..2] session=2m absence=1s\nat 2s churn a1 session=3m absence=1s\n",
         "  churn a[1..2] session=2m absence=1s  (since 1s; still at a2)\n"
         "  churn a1 session=3m absence=1s  (since 2s)\n"},
        {"at 1s mining off a[1..2]\nat 2s mining on a2\n",
         "  mining off a[1..2]  (since 1s; still at a1)\n"},
        {"at 1s cut a1 a[2..3]\nat 2s join-edge a1 a2\nat 3s partition isolate a1 name=x\n",
         "  cut a1 a[2..3]  (since 1s)\n  partition isolate a1 name=x  (since 3s)\n"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *folder = folder_new();
        g_autofree char *scenario = g_strconcat(FOUR, cases[i].actions, NULL);
        g_autofree char *want = g_strdup_printf("Faults in force\n%s\nBlocks\n", cases[i].faults);

        g_free(folder_write(folder, "s.scn", scenario));
        {
            g_auto(Result) run = COMMAND(folder, "run", "s.scn", "-q", "-o", "s.db");
            g_auto(Result) shown = COMMAND(folder, "show", "s.db");

            TEST_STR_EQUAL(run.err, "");
            TEST_CONTAINS(shown.out, want);
        }
        folder_remove(folder);
    }
}

static void
test_heals(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn",
                        FOUR
                        "at 5s pause a[1..2]\nat 10s resume a2\nat 15s resume a1\n"
                        "at 20s churn a1 session=1s absence=1s for 10s\nat 40s clock a1 +1s\n"));
    {
        g_auto(Result) run = COMMAND(folder, "run", "s.scn", "-q", "-o", "s.db");
        g_auto(Result) heals = COMMAND(folder, "query", "s.db", "heals", "--csv");
        g_auto(Result) faults = COMMAND(folder, "query", "s.db", "faults", "--csv");

        TEST_STR_EQUAL(run.err, "");
        TEST_STR_EQUAL(heals.out, "time_s,what,tips,agree_ms\n15,resume a1,1,0\n"
                                  "30,end of churn a1 session=1s absence=1s for 10s,1,0\n");
        TEST_CONTAINS(faults.out, "seq,time_s,kind,begins,until_s,nodes,text\n"
                                  "1,5,pause,1,15,2,pause a[1..2]\n2,10,resume,0,,1,resume a2\n");
    }
    folder_remove(folder);
}

/* The report has faults, not their ends nor the steps of a churn; spans go on to the end of a fault
 * or of the run. */
static void
test_report_and_spans(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn",
                        FOUR "at 1s churn a1 session=10s absence=5s for 27s\nat 5s pause a2\n"
                             "at 6s clock a3 +1s\nat 7s crash a4 for 2s\n"));
    {
        g_auto(Result) run =
            COMMAND(folder, "run", "s.scn", "-q", "-o", "s.db", "--report", "s.html");
        g_auto(Result) spans = COMMAND(folder, "export", "s.db", "-f", "perfetto");
        g_autofree char *path = folder_path(folder, "s.html");
        g_autofree char *page = NULL;

        TEST_STR_EQUAL(run.err, "");
        CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &page, NULL, NULL));
        TEST_CONTAINS(
            page,
            "[[1,1000000000,\"churn\",1,28000000000,\"churn a1 session=10s absence=5s for 27s\"],\n"
            "[2,5000000000,\"pause\",1,null,\"pause a2\"],\n"
            "[3,6000000000,\"clock\",0,null,\"clock a3 +1s\"],\n"
            "[4,7000000000,\"crash\",1,9000000000,\"crash a4 for 2s\"]]}");
        TEST_CONTAINS(spans.out, "{\"ph\":\"e\",\"pid\":2,\"tid\":0,\"ts\":60000000.000,"
                                 "\"name\":\"pause a2\",\"cat\":\"fault\",\"id\":2}");
    }
    folder_remove(folder);
}

static void
edit(const char *folder, const char *sql)
{
    g_autofree char *path = folder_path(folder, "s.db");
    sqlite3 *db = NULL;

    CU_ASSERT_EQUAL_FATAL(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void
test_damaged(void)
{
    static const char *const edits[] = {
        "UPDATE fault SET ends_seq = 1 WHERE seq = 1",
        "UPDATE fault SET ends_seq = 0 WHERE seq = 1",
        "UPDATE fault SET ends_seq = -7 WHERE seq = 2",
        "UPDATE fault SET ends_seq = 5 WHERE seq = 2",
        "UPDATE fault SET ends_seq = 99 WHERE seq = 2",
        "UPDATE fault SET ends_seq = 9223372036854775807 WHERE seq = 2",
        "UPDATE fault SET ends_seq = 4294967297 WHERE seq = 2",
        "UPDATE fault SET begins = 0 WHERE seq = 1",
        "UPDATE fault SET begins = 2 WHERE seq = 1",
        "UPDATE fault SET seq = 9 WHERE seq = 4",
        "UPDATE fault SET time_ns = 0 WHERE seq = 4",
        "UPDATE fault SET time_ns = -1 WHERE seq = 1",
        "DELETE FROM fault WHERE seq = 4",
        "DELETE FROM fault",
        "UPDATE fault_node SET node = 4 WHERE fault = 1",
        "UPDATE fault_node SET node = -1 WHERE fault = 1",
        "UPDATE fault_node SET fault = 0 WHERE fault = 1",
        "UPDATE fault_node SET fault = 9 WHERE fault = 1",
        "UPDATE fault_node SET ends_seq = 1 WHERE fault = 1",
        "UPDATE fault_node SET ends_seq = 99 WHERE fault = 1",
        "UPDATE fault_node SET side = -1 WHERE fault = 1",
        "UPDATE fault_node SET side = 5 WHERE fault = 1",
        "DROP TABLE fault_node",
        "ALTER TABLE fault ADD COLUMN until INTEGER",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(edits); i++) {
        char *folder = folder_new();

        g_free(folder_write(folder, "s.scn",
                            FOUR "at 1s pause a1\nat 2s pause a2\nat 3s resume a1\n"
                                 "at 4s resume a2\n"));
        {
            g_auto(Result) run = COMMAND(folder, "run", "s.scn", "-q", "-o", "s.db");

            CU_ASSERT_EQUAL(run.status, 0);
        }
        edit(folder, edits[i]);
        COMMAND_REFUSED(folder, "trace 's.db' is damaged: ", "show", "s.db");
        COMMAND_REFUSED(folder, "trace 's.db' is damaged: ", "replay", "s.db");
        COMMAND_REFUSED(folder, "trace 's.db' is damaged: ", "diff", "s.db", "s.db");
        folder_remove(folder);
    }
}

/* When a fault ends is what its end says, not its beginning. */
static void
test_diff(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "a.scn", FOUR "at 1s pause a1\nat 2s resume a1\n"));
    g_free(folder_write(folder, "b.scn", FOUR "at 1s pause a1\nat 3s resume a1\n"));
    {
        g_auto(Result) a = COMMAND(folder, "run", "a.scn", "-q", "-o", "a.db");
        g_auto(Result) b = COMMAND(folder, "run", "b.scn", "-q", "-o", "b.db");
        g_auto(Result) same = COMMAND(folder, "replay", "a.db");
        g_auto(Result) diff = COMMAND(folder, "diff", "a.db", "b.db");

        CU_ASSERT_EQUAL(a.status + b.status + same.status, 0);
        CU_ASSERT_EQUAL(diff.status, 3);
        TEST_CONTAINS(diff.out, "the first event that differs is at 2s, in table fault\n");
    }
    folder_remove(folder);
}

TEST_SUITE(faults, {"cuts", test_cuts}, {"nodes", test_nodes}, {"mining", test_mining},
           {"messages", test_impairs}, {"churn", test_churn}, {"a script", test_script},
           {"a late start", test_late_start}, {"drawn nodes", test_drawn}, {"sides", test_sides},
           {"show", test_show}, {"released nodes", test_show_released},
           {"report and spans", test_report_and_spans}, {"query", test_heals},
           {"damaged", test_damaged}, {"diff", test_diff})
