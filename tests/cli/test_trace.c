/* The commands that read traces back, replay, diff and show: what they say, and their exit
 * statuses. */
#include "tests/cli/command.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>

#define WORLD                                                                                      \
    "scn 1 \"a world\"\nparam long = 1m in 10s..5m\ninclude \"parts/links.scn\"\n"                 \
    "duration ($long + 2m)\nnodes n[1..3]\nwallet w funds=9\nwallet v\n"                           \
    "tx pay from=w to=v amount=1\n"                                                                \
    "at 30s\n  partition {n1} | {n2, n3} for $long name=cut\n  mine 1 at n1 as left\n"             \
    "  mine 2 at n2\n  submit pay at n2\nend\nat 40s crash n3\nat 50s restart n3\n"                \
    "at 2m mine 1 at n2 as paid\n"                                                                 \
    "finally same_tip(all, ignore-last=3)\n"

typedef struct {
    char *folder;
} World;

static void
put(const char *folder, const char *name, const char *text)
{
    g_free(folder_write(folder, name, text));
}

static World
world_new(void)
{
    World world = {folder_new()};

    put(world.folder, "world.scn", WORLD);
    put(world.folder, "parts/links.scn",
        "scn 1 \"links\"\nlink all latency=empirical(\"times.csv\")\nchain pow=off\n");
    put(world.folder, "parts/times.csv", "ms\n50\n80\n60\n");
    return world;
}

static void
run_world(const World *world, const char *trace, const char *seed)
{
    g_auto(Result) result = COMMAND(world->folder, "run", "world.scn", "-P", "long=70s", "--seed",
                                    seed, "--trace", "full", "-q", "-o", trace);

    TEST_STR_EQUAL(result.err, "");
    CU_ASSERT_EQUAL_FATAL(result.status, 0);
}

static void
edit(const World *world, const char *trace, const char *sql)
{
    g_autofree char *path = folder_path(world->folder, trace);
    sqlite3 *db = NULL;

    CU_ASSERT_EQUAL_FATAL(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* --- replay ------------------------------------------------------------------------------- */

/* The scenario's folder is gone by then: includes and tables stand in the trace. */
static void
test_replay_same(void)
{
    World world = world_new(), elsewhere = {folder_new()};
    g_autofree char *trace = folder_path(elsewhere.folder, "w.db");

    run_world(&world, trace, "7");
    folder_remove(world.folder);
    {
        g_auto(Result) result = COMMAND(elsewhere.folder, "replay", "w.db");
        g_auto(Result) quiet = COMMAND(elsewhere.folder, "replay", "-q", "w.db");

        CU_ASSERT_EQUAL(result.status, 0);
        TEST_STR_EQUAL(result.err, "");
        CU_ASSERT_TRUE(g_str_has_prefix(result.out, "the same: held, digest "));
        CU_ASSERT_EQUAL(quiet.status, 0);
        TEST_STR_EQUAL(quiet.out, "");
    }
    folder_remove(elsewhere.folder);
}

static void
test_replay_differs(void)
{
    World world = world_new();

    run_world(&world, "w.db", "7");
    edit(&world, "w.db", "UPDATE run SET seed = 8");
    {
        g_auto(Result) seed = COMMAND(world.folder, "replay", "w.db");

        CU_ASSERT_EQUAL(seed.status, 3);
        TEST_CONTAINS(seed.out, "it differs: digest ");
        TEST_CONTAINS(seed.out, "the first event that differs is at ");
        TEST_CONTAINS(seed.out, "\n- w.db\n+ this replay\n");
    }
    edit(&world, "w.db", "UPDATE run SET seed = 7, version = '0.0.1'");
    {
        g_auto(Result) version = COMMAND(world.folder, "replay", "w.db");

        CU_ASSERT_EQUAL(version.status, 0);
        TEST_CONTAINS(version.err, "the trace is of kettensim 0.0.1, this is ");
    }
    edit(&world, "w.db",
         "UPDATE tip SET time_ns = time_ns + 1 WHERE seq = 2; "
         "UPDATE run SET digest = replace(digest, substr(digest, 1, 1), 'f')");
    {
        g_auto(Result) row = COMMAND(world.folder, "replay", "w.db");

        CU_ASSERT_EQUAL(row.status, 3);
        TEST_CONTAINS(row.out, ", in table tip\n");
    }
    folder_remove(world.folder);
}

/* Replay refuses a trace whose scenario this kettensim cannot run. */
static void
test_replay_refuses(void)
{
    static const char *const edits[] = {
        "UPDATE source SET text = 'scn 1 \"t\"\nfrobnicate\n' WHERE rowid = 1",
        "DELETE FROM source WHERE name = 'parts/links.scn'",
        "DELETE FROM source",
        "UPDATE source SET text = replace(text, 'links', '../../etc/passwd') WHERE rowid = 1",
        "UPDATE run SET params = '{\"long\":\"9h\"}'",
        "UPDATE run SET params = '{\"long\":7}'",
        "UPDATE run SET params = 'nonsense'",
        /* Deep enough for the stack of a parser that recurses, here and in a value. */
        "UPDATE run SET params = replace(hex(zeroblob(100000)), '00', '[')",
        "UPDATE run SET params = '{\"a\":' || replace(hex(zeroblob(100000)), '00', '{\"b\":')",
        /* No more than a file may be: each text alone would do. */
        "UPDATE source SET text = text || '# ' || hex(zeroblob(4500000)) WHERE rowid <= 2",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
        " INSERT INTO source SELECT 'n' || i, '' FROM n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(edits); i++) {
        World world = world_new();

        run_world(&world, "w.db", "7");
        edit(&world, "w.db", edits[i]);
        {
            g_auto(Result) result = COMMAND(world.folder, "replay", "w.db");

            CU_ASSERT_EQUAL(result.status, 2);
            CU_ASSERT_TRUE(g_str_has_prefix(result.err, "kettensim replay: "));
            TEST_STR_EQUAL(result.out, "");
        }
        folder_remove(world.folder);
    }
}

/* --- diff --------------------------------------------------------------------------------- */

static void
test_diff(void)
{
    World world = world_new();

    run_world(&world, "a.db", "7");
    run_world(&world, "b.db", "7");
    run_world(&world, "c.db", "8");
    {
        g_auto(Result) same = COMMAND(world.folder, "diff", "a.db", "b.db");
        g_auto(Result) other = COMMAND(world.folder, "diff", "a.db", "c.db");

        CU_ASSERT_EQUAL(same.status, 0);
        CU_ASSERT_TRUE(g_str_has_prefix(same.out, "the same: digest "));
        CU_ASSERT_EQUAL(other.status, 3);
        TEST_CONTAINS(other.out, "- world.scn seed 7 {\"long\":\"70s\"}\n+ world.scn seed 8 ");
        TEST_CONTAINS(other.out, ", in table message\n- a.db\n+ c.db\n");
        CU_ASSERT_PTR_NULL(strchr(other.out, '\033'));
    }
    folder_remove(world.folder);
}

static guint
lines_with(const char *text, char mark)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint count = 0;

    for (char **line = lines; *line != NULL; line++)
        count += (*line)[0] == mark && (*line)[1] == ' ';
    return count;
}

/* A row in the middle: ten in common, and ten from there on in each. */
static void
test_diff_context(void)
{
    World world = world_new();

    run_world(&world, "a.db", "7");
    run_world(&world, "b.db", "7");
    edit(&world, "b.db",
         "UPDATE message SET bytes = bytes + 1 WHERE seq > 100; "
         "UPDATE tip SET height = height, reorg_depth = 1 WHERE seq = 3");
    {
        g_auto(Result) result = COMMAND(world.folder, "diff", "a.db", "b.db");

        CU_ASSERT_EQUAL(result.status, 3);
        TEST_CONTAINS(result.out, ", in table tip\n");
        CU_ASSERT_EQUAL(lines_with(result.out, ' '), 10);
        CU_ASSERT_EQUAL(lines_with(result.out, '-'), 11); /* and the file's name */
        CU_ASSERT_EQUAL(lines_with(result.out, '+'), 11);
        TEST_CONTAINS(result.out, ", 1 blocks out\n");
    }
    folder_remove(world.folder);
}

/* The first difference is where the earlier of two rows stands, whichever trace has it. */
static void
test_diff_both_ways(void)
{
    World world = world_new();

    run_world(&world, "a.db", "7");
    run_world(&world, "b.db", "7");
    edit(&world, "b.db", "UPDATE tip SET time_ns = time_ns - 5000000000 WHERE seq = 3");
    {
        g_auto(Result) there = COMMAND(world.folder, "diff", "a.db", "b.db");
        g_auto(Result) back = COMMAND(world.folder, "diff", "b.db", "a.db");
        g_auto(GStrv) first = g_strsplit(there.out, "\n", 2);
        g_auto(GStrv) second = g_strsplit(back.out, "\n", 2);

        CU_ASSERT_EQUAL(there.status, 3);
        TEST_CONTAINS(first[0], ", in table tip");
        TEST_STR_EQUAL(second[0], first[0]);
    }
    folder_remove(world.folder);
}

/* Traces of two levels are compared by the tables of both; equal events by their results. */
static void
test_diff_levels(void)
{
    World world = world_new();

    run_world(&world, "full.db", "7");
    {
        g_auto(Result) run = COMMAND(world.folder, "run", "world.scn", "-P", "long=70s", "--seed",
                                     "7", "-q", "-o", "plain.db");
        g_auto(Result) same = COMMAND(world.folder, "diff", "full.db", "plain.db");

        CU_ASSERT_EQUAL(run.status, 0);
        CU_ASSERT_EQUAL(same.status, 0);
        TEST_CONTAINS(same.out, "not compared, because one of the traces has none: messages\n");
    }
    edit(&world, "plain.db",
         "UPDATE run SET outcome = replace(outcome, substr(outcome, 1, 1), "
         "CASE substr(outcome, 1, 1) WHEN 'f' THEN 'e' ELSE 'f' END)");
    {
        g_auto(Result) outcome = COMMAND(world.folder, "diff", "full.db", "plain.db");

        CU_ASSERT_EQUAL(outcome.status, 3);
        TEST_CONTAINS(outcome.out, "no event differs, but this does:\noutcome ");
    }
    folder_remove(world.folder);
}

/* --- show --------------------------------------------------------------------------------- */

static void
test_show_moment(void)
{
    World world = world_new();

    run_world(&world, "w.db", "7");
    {
        g_auto(Result) before = COMMAND(world.folder, "show", "w.db", "--at", "0");
        g_auto(Result) cut = COMMAND(world.folder, "show", "w.db", "--at", "45s");
        g_auto(Result) flying = COMMAND(world.folder, "show", "w.db", "--at", "30.01s");
        g_auto(Result) end = COMMAND(world.folder, "show", "w.db");

        CU_ASSERT_EQUAL(before.status, 0);
        TEST_CONTAINS(before.out, "Faults in force\n  none\n");
        TEST_CONTAINS(before.out, "here: n1 n2 n3\n");
        CU_ASSERT_EQUAL(cut.status, 0);
        TEST_CONTAINS(cut.out, "name=cut  (since 30s)\n  crash n3  (since 40s)\n");
        TEST_CONTAINS(cut.out, "\n  |- 1  ");
        TEST_CONTAINS(cut.out, "  left  by n1  here: n1\n");
        TEST_CONTAINS(cut.out, "by n2  2 blocks  here: n2 n3\n");
        TEST_CONTAINS(cut.out, "Mempools\n  pay          n2");
        TEST_CONTAINS(flying.out, "n2 -> n3  new-block, ");
        CU_ASSERT_PTR_NULL(strstr(flying.out, " more\n")); /* those of later are many */
        TEST_CONTAINS(end.out, "Faults in force\n  none\n");
        TEST_CONTAINS(end.out, "Messages in flight\n  none\n");
    }
    folder_remove(world.folder);
}

static void
test_show_node_and_json(void)
{
    World world = world_new();

    run_world(&world, "w.db", "7");
    {
        g_auto(Result) node = COMMAND(world.folder, "show", "w.db", "--at", "45s", "--node", "n1");
        g_auto(Result) json = COMMAND(world.folder, "show", "w.db", "--at", "45s", "--json");
        g_autoptr(JsonParser) parser = json_parser_new();
        JsonObject *object, *first;

        CU_ASSERT_EQUAL(node.status, 0);
        TEST_CONTAINS(node.out, "here: n1\n");
        CU_ASSERT_PTR_NULL(strstr(node.out, "here: n2"));
        CU_ASSERT_EQUAL(json.status, 0);
        CU_ASSERT_TRUE_FATAL(json_parser_load_from_data(parser, json.out, -1, NULL));
        object = json_node_get_object(json_parser_get_root(parser));
        CU_ASSERT_EQUAL(json_object_get_int_member(object, "at_ns"), 45000000000);
        CU_ASSERT_EQUAL(json_array_get_length(json_object_get_array_member(object, "faults")), 2);
        CU_ASSERT_EQUAL(json_array_get_length(json_object_get_array_member(object, "blocks")), 4);
        first = json_array_get_object_element(json_object_get_array_member(object, "nodes"), 0);
        TEST_STR_EQUAL(json_object_get_string_member(first, "name"), "n1");
        CU_ASSERT_EQUAL(json_object_get_int_member(first, "height"), 1);
    }
    folder_remove(world.folder);
}

static void
test_show_follow(void)
{
    World world = world_new();

    run_world(&world, "w.db", "7");
    {
        g_auto(Result) name = COMMAND(world.folder, "show", "w.db", "--follow", "left");
        g_auto(Result) json = COMMAND(world.folder, "show", "w.db", "--follow", "left", "--json");
        g_autoptr(JsonParser) parser = json_parser_new();
        const char *hash;

        CU_ASSERT_EQUAL(name.status, 0);
        TEST_CONTAINS(name.out, ", left\n  height 1, 0 transactions, not active at the end\n");
        TEST_CONTAINS(name.out, "  30s              n1       found\n");
        TEST_CONTAINS(name.out, " n1       takes it into its chain, tip left (1 ");
        TEST_CONTAINS(name.out, " n1       takes it out for 2 ");
        CU_ASSERT_EQUAL(json.status, 0);
        CU_ASSERT_TRUE_FATAL(json_parser_load_from_data(parser, json.out, -1, NULL));
        hash = json_object_get_string_member(json_node_get_object(json_parser_get_root(parser)),
                                             "hash");
        {
            g_autofree char *prefix = g_strndup(hash, 8);
            g_auto(Result) same = COMMAND(world.folder, "show", "w.db", "--follow", prefix);

            TEST_STR_EQUAL(same.out, name.out);
        }
    }
    folder_remove(world.folder);
}

static void
test_show_transactions(void)
{
    World world = world_new();

    run_world(&world, "w.db", "7");
    {
        g_auto(Result) tx = COMMAND(world.folder, "show", "w.db", "--follow", "pay");
        g_auto(Result) block = COMMAND(world.folder, "show", "w.db", "--follow", "paid");
        g_auto(Result) json = COMMAND(world.folder, "show", "w.db", "--follow", "pay", "--json");
        g_auto(Result) before = COMMAND(world.folder, "show", "w.db", "--at", "119s");
        g_auto(Result) after = COMMAND(world.folder, "show", "w.db", "--at", "121s");
        g_autoptr(JsonNode) root = json_from_string(json.out, NULL);

        TEST_CONTAINS(tx.out, ", pay\n  in block paid (3 ");
        TEST_CONTAINS(tx.out, "), active at the end\n\n  30s              n2       takes it in\n");
        TEST_CONTAINS(tx.out, "\n  40s              n3       loses it in a crash\n");
        TEST_CONTAINS(block.out, "height 3, 1 transactions, active at the end\n  on 2 ");
        TEST_CONTAINS(block.out, " pay\n\n  2m               n2       found\n");
        CU_ASSERT_PTR_NOT_NULL_FATAL(root);
        CU_ASSERT_EQUAL(json_array_get_length(
                            json_object_get_array_member(json_node_get_object(root), "blocks")),
                        1);
        TEST_CONTAINS(before.out, "Mempools\n  pay          n2 n3 n1\n");
        TEST_CONTAINS(after.out, "Mempools\n  none\n");
    }
    folder_remove(world.folder);
}

#define SECRETS                                                                                    \
    "scn 1 \"secrets\"\nduration 20m\nchain pow=off\nwallet w funds=10\nwallet v\n"                \
    "nodes evil strategy=withhold\nnodes h[1..2]\nlink all latency=10ms\n"                         \
    "tx pay from=w to=v amount=9 nonce=0\ntx back from=w to=w amount=9 nonce=0\n"                  \
    "at 30s\n  partition {evil} | {h[*]} for 270s\n  submit pay at h1\n  submit back at "          \
    "evil\nend\n"                                                                                  \
    "at 1m mine 1 at evil as e1\nat 2m mine 1 at evil as e2\nat 3m mine 1 at evil as e3\n"         \
    "at 4m mine 2 at h1\nat 6m release 2 at evil\nat 7m release at evil\n"

/* Shows the secret blocks of evil at a moment, and the fate of its blocks and of the payment. */
static void
test_show_secrets(void)
{
    char *folder = folder_new();

    put(folder, "s.scn", SECRETS);
    {
        g_auto(Result) run = COMMAND(folder, "run", "s.scn", "-o", "s.db", "--log", "--kind",
                                     "released", "--kind", "withheld");
        g_auto(Result) three = COMMAND(folder, "show", "s.db", "--at", "4m30s");
        g_auto(Result) one = COMMAND(folder, "show", "s.db", "--at", "6m30s");
        g_auto(Result) json = COMMAND(folder, "show", "s.db", "--at", "6m30s", "--json");
        g_auto(Result) end = COMMAND(folder, "show", "s.db");
        g_auto(Result) block = COMMAND(folder, "show", "s.db", "--follow", "e1");
        g_auto(Result) pay = COMMAND(folder, "show", "s.db", "--follow", "pay");
        g_auto(Result) pay_json = COMMAND(folder, "show", "s.db", "--follow", "pay", "--json");
        g_autoptr(JsonNode) root = json_from_string(json.out, NULL);

        TEST_CONTAINS(run.err, "1m  evil     withheld     ");
        TEST_CONTAINS(run.err, "6m  evil     released     ");
        TEST_CONTAINS(run.err, " height 3\n");
        TEST_CONTAINS(three.out, "  e3  by evil  3 blocks  withheld  here: evil\n");
        TEST_CONTAINS(one.out, "  e3  by evil  withheld  here: evil\n");
        TEST_CONTAINS(one.out, "  e2  by evil");
        CU_ASSERT_PTR_NULL(strstr(end.out, "withheld"));
        TEST_CONTAINS(json.out, "\"secret\" : \"withheld\"");
        TEST_CONTAINS(json.out, "\"secret\" : null");
        CU_ASSERT_PTR_NOT_NULL(root);
        TEST_CONTAINS(block.out, "  1m               evil     keeps it secret\n");
        TEST_CONTAINS(block.out, "  6m               evil     shows it to others\n");
        TEST_CONTAINS(pay.out, " h1       has it in no block any more; it had 2 confirmations\n");
        TEST_CONTAINS(pay_json.out, "\"confirmations\" : 2");
    }
    folder_remove(folder);
}

/* More than a screen of transactions in one block. */
static void
test_show_many_transactions(void)
{
    char *folder = folder_new();
    g_autoptr(GString) text = g_string_new("scn 1 \"many\"\nchain pow=off\nduration 10s\nnodes n\n"
                                           "wallet w funds=100\nwallet v\n");

    for (int i = 0; i < 45; i++)
        g_string_append_printf(text, "tx p%d from=w to=v amount=1 nonce=%d\n", i, i);
    for (int i = 0; i < 45; i++)
        g_string_append_printf(text, "at 1s submit p%d at n\n", i);
    g_string_append(text, "at 2s mine 1 at n as full\n");
    put(folder, "many.scn", text->str);
    {
        g_auto(Result) run = COMMAND(folder, "run", "many.scn", "-q", "-o", "m.db");
        g_auto(Result) block = COMMAND(folder, "show", "m.db", "--follow", "full");

        TEST_STR_EQUAL(run.err, "");
        TEST_CONTAINS(block.out, " p39\n  … and 5 more\n\n");
    }
    folder_remove(folder);
}

/* A body that has to wait for its parent has come before its block joins the tree. */
static void
test_came_and_joined(void)
{
    static const char scenario[] =
        "scn 1 \"orphan\"\nchain pow=off\nduration 2m\nnode src\nnode dst\n"
        "link all latency=50ms order=any\nprotocol sync=off ack=off\n"
        "at 1m delay src -> dst +20s for 1s msg=new-block\nat 1m mine 1 at src\n"
        "at 1m2s mine 1 at src\n";
    char *folder = folder_new();
    g_autofree char *file = folder_path(folder, "tables/arrival.csv");
    g_autofree char *text = NULL;

    put(folder, "o.scn", scenario);
    {
        g_auto(Result) run = COMMAND(folder, "run", "o.scn", "-o", "t.db");
        g_auto(Result) csv = COMMAND(folder, "export", "t.db", "--format", "csv", "-o", "tables");

        CU_ASSERT_EQUAL(run.status, 0);
        CU_ASSERT_EQUAL(csv.status, 0);
    }
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(file, &text, NULL, NULL));
    TEST_CONTAINS(text, "\n1,2,62050000000,62050000000,62250000000,0\n");
    folder_remove(folder);
}

/* --- what they refuse --------------------------------------------------------------------- */

static void
refused(const World *world, const char *const *words, const char *part)
{
    g_auto(Result) result = command_in(world->folder, words);
    const char *newline = strchr(result.err, '\n');

    CU_ASSERT_EQUAL(result.status, 2);
    TEST_STR_EQUAL(result.out, "");
    TEST_CONTAINS(result.err, part);
    CU_ASSERT_TRUE(g_str_has_prefix(result.err, "kettensim "));
    /* One line. */
    CU_ASSERT_TRUE(newline != NULL && newline[1] == '\0');
}

#define REFUSED(world, part, ...) refused((world), (const char *const[]){__VA_ARGS__, NULL}, (part))

/* Two traces that differ in what a strategy did, and one in which a block was given up. */
static void
test_diff_secrets(void)
{
    World world = {folder_new()};

    put(world.folder, "s.scn", SECRETS);
    for (int i = 0; i < 2; i++) {
        g_auto(Result) run =
            COMMAND(world.folder, "run", "s.scn", "-q", "-o", i == 0 ? "a.db" : "b.db");

        CU_ASSERT_EQUAL_FATAL(run.status, 0);
    }
    edit(&world, "b.db",
         "UPDATE strategy SET event = 'given-up' WHERE time_ns = 420000000000;"
         "UPDATE undone SET confirmations = 3");
    {
        g_auto(Result) diff = COMMAND(world.folder, "diff", "a.db", "b.db");
        g_auto(Result) show = COMMAND(world.folder, "show", "b.db");

        CU_ASSERT_EQUAL(diff.status, 3);
        TEST_CONTAINS(diff.out, "tx pay undone, 2 confirmations");
        TEST_CONTAINS(diff.out, "tx pay undone, 3 confirmations");
        TEST_CONTAINS(show.out, "  e3  by evil  given-up  here: ");
    }
    edit(&world, "b.db", "UPDATE undone SET confirmations = 2");
    {
        g_auto(Result) diff = COMMAND(world.folder, "diff", "a.db", "b.db");

        CU_ASSERT_EQUAL(diff.status, 3);
        TEST_CONTAINS(diff.out, "evil block e3 (3 ");
        TEST_CONTAINS(diff.out, ") released\n");
        TEST_CONTAINS(diff.out, ") given-up\n");
    }
    edit(&world, "b.db", "UPDATE undone SET confirmations = -1");
    REFUSED(&world, "trace 'b.db' is damaged: ", "show", "b.db", "--follow", "pay");
    folder_remove(world.folder);
}

static void
test_usage(void)
{
    World world = world_new();

    run_world(&world, "w.db", "7");
    REFUSED(&world, "one trace is due", "replay");
    REFUSED(&world, "one trace is due", "replay", "w.db", "w.db");
    REFUSED(&world, "two traces are due", "diff", "w.db");
    REFUSED(&world, "one trace is due", "show");
    REFUSED(&world, "Unknown option", "show", "--frobnicate", "w.db");
    REFUSED(&world, "is no time", "show", "w.db", "--at", "3");
    REFUSED(&world, "is no time", "show", "w.db", "--at", "soon");
    REFUSED(&world, "the run ended at 3m10s", "show", "w.db", "--at", "1h");
    REFUSED(&world, "no node 'n9'", "show", "w.db", "--node", "n9");
    REFUSED(&world, "no block or transaction is called 'right'", "show", "w.db", "--follow",
            "right");
    REFUSED(&world, "ask one of them", "show", "w.db", "--follow", "left", "--at", "1s");
    folder_remove(world.folder);
}

static void
all_refuse(const World *world, const char *trace, const char *part)
{
    REFUSED(world, part, "replay", trace);
    REFUSED(world, part, "diff", trace, trace);
    REFUSED(world, part, "show", trace);
}

static void
test_no_traces(void)
{
    World world = world_new();

    all_refuse(&world, "missing.db", "there is no such file");
    all_refuse(&world, ".", "it is no regular file");
    put(world.folder, "empty.db", "");
    all_refuse(&world, "empty.db", "it is no trace of kettensim");
    all_refuse(&world, "world.scn", "file is not a database");
    put(world.folder, "foreign.db", "");
    edit(&world, "foreign.db", "CREATE TABLE run(a); INSERT INTO run VALUES(1)");
    all_refuse(&world, "foreign.db", "it is no trace of kettensim");
    run_world(&world, "w.db", "7");
    edit(&world, "w.db", "PRAGMA user_version = 99");
    all_refuse(&world, "w.db", "it has schema 99");
    edit(&world, "w.db", "PRAGMA user_version = 2");
    all_refuse(&world, "w.db", "it has schema 2, and this kettensim reads 9: run its scenario");
    folder_remove(world.folder);
}

/* Names with something else behind them than a trace's table. */
static void
test_hostile_traces(void)
{
    static const char *const edits[] = {
        "DROP TABLE tip; CREATE VIEW tip AS SELECT 1 AS seq, 0 AS time_ns, 0 AS node, 1 AS block,"
        " 1 AS height, 0 AS reorg_depth, 0 AS old_block",
        "ALTER TABLE tip ADD COLUMN next INTEGER AS (height + 1)",
        "ALTER TABLE tip ADD COLUMN more TEXT AS (hex(zeroblob(100000000)))",
        "DROP TABLE message",
        "DROP TABLE strategy",
        "ALTER TABLE undone ADD COLUMN more TEXT",
        "DELETE FROM run",
        "INSERT INTO run SELECT * FROM run",
        "UPDATE run SET end_ns = -1",
        "UPDATE run SET level = 'everything'",
        "UPDATE run SET digest = 'short'",
        "UPDATE node SET name = 'a' || char(27) || '[31m'",
        "DELETE FROM node",
        "UPDATE block SET id = id + 7 WHERE id > 0",
        "UPDATE block SET parent = 3 WHERE id = 3",
        "UPDATE block SET parent = 99 WHERE id = 3",
        "UPDATE block SET height = -3 WHERE id = 3",
        "UPDATE block_tx SET tx = 77",
        "UPDATE block_tx SET position = 1",
        "UPDATE block_tx SET block = 99",
        "UPDATE block_tx SET block = 0",
        "DELETE FROM block_tx",
        "DROP TABLE block_tx",
        "UPDATE block SET tx_count = tx_count + 1 WHERE id = 1",
    };
    static const char *const events[] = {
        "UPDATE tip SET block = 99999 WHERE seq = 2",
        "UPDATE tip SET node = -1 WHERE seq = 2",
        "UPDATE tip SET time_ns = -5 WHERE seq = 1",
        "UPDATE tx_event SET tx = 77",
        "INSERT INTO strategy(time_ns, node, block, event) VALUES(5, 0, 99999, 'withheld')",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(edits); i++) {
        World world = world_new();

        run_world(&world, "w.db", "7");
        edit(&world, "w.db", edits[i]);
        all_refuse(&world, "w.db", "trace 'w.db' is damaged: ");
        folder_remove(world.folder);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
        World world = world_new();

        run_world(&world, "w.db", "7");
        edit(&world, "w.db", events[i]);
        REFUSED(&world, "trace 'w.db' is damaged: ", "diff", "w.db", "w.db");
        REFUSED(&world, "trace 'w.db' is damaged: ", "show", "w.db");
        folder_remove(world.folder);
    }
}

static void
test_help(void)
{
    static const char *const names[] = {"run", "test", "replay", "diff", "show", "headers"};
    g_auto(Result) help = COMMAND(".", "help");

    CU_ASSERT_EQUAL(help.status, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *line = g_strdup_printf("\n  %s ", names[i]);
        g_autofree char *example = g_strdup_printf("\n  kettensim %s", names[i]);
        g_auto(Result) more = COMMAND(".", names[i], "--help");

        TEST_CONTAINS(help.out, line);
        CU_ASSERT_EQUAL(more.status, 0);
        TEST_CONTAINS(more.out, example);
        TEST_CONTAINS(more.out, "Exit status: 0");
    }
}

TEST_SUITE(trace, {"replay: the same", test_replay_same}, {"replay differs", test_replay_differs},
           {"replay refuses", test_replay_refuses}, {"diff", test_diff},
           {"diff: context", test_diff_context}, {"diff: both ways", test_diff_both_ways},
           {"diff: levels", test_diff_levels}, {"show: a moment", test_show_moment},
           {"show: a node, JSON", test_show_node_and_json},
           {"show: a block's life", test_show_follow},
           {"show: transactions and their blocks", test_show_transactions},
           {"show: blocks that are secret", test_show_secrets},
           {"diff: blocks that are secret", test_diff_secrets},
           {"show: many transactions", test_show_many_transactions}, {"came and joined", test_came_and_joined},
           {"usage", test_usage},
           {"no traces", test_no_traces}, {"hostile traces", test_hostile_traces},
           {"help", test_help})
