/* What must not move what: a node that is connected to nobody, a fault of rate 0 and a check leave
 * every row of the others in a full trace as it was; a digest is the same in every mode. */
#include "sim/run/run.h"
#include "tests/harness/harness.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* Everything that can happen to a network happens in it. */
static const char base[] =
    "scn 1 \"t\"\n"
    "duration 20m\n"
    "nodes a[1..4] role=miner validate=2ms\n"
    "topology none\n"
    "edge a1 a2\nedge a2 a3\nedge a3 a4\nedge a4 a1\n"
    "wallet carol funds=10\nwallet alice\n"
    "tx pay from=carol to=alice amount=1 fee=0.1\n"
    "link all latency=lognormal(80ms, 0.5) loss=2% duplicate=2% reorder=2% corrupt=1% rate=1Mbps\n"
    "at 1m submit pay at a1\n"
    "at 2m partition {a1, a2} | {a3, a4} for 2m\n"
    "every 3m from 5m crash a3 for 30s maybe\n"
    "at 6m pause a2 for 10s maybe\n"
    "at 8m churn a4 session=exponential(1m) absence=20s for 3m\n"
    "at 12m loss a1 -> a2 50% for 1m\n"
    "at 14m partition {a1, a4} | {a2, a3} for 1m style=hold\n";

typedef struct {
    char *rows; /* of messages, tips, verdicts and arrivals among the four nodes */
    char *digest;
} Outcome;

static void
outcome_clear(Outcome *outcome)
{
    g_free(outcome->rows);
    g_free(outcome->digest);
}

static void
add_rows(GString *out, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;

    CU_ASSERT_EQUAL_FATAL(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(stmt); i++)
            g_string_append_printf(out, "%s|", (const char *)sqlite3_column_text(stmt, i));
        g_string_append_c(out, '\n');
    }
    sqlite3_finalize(stmt);
}

static char *
read_rows(const char *path)
{
    GString *out = g_string_new(NULL);
    sqlite3 *db = NULL;

    CU_ASSERT_EQUAL_FATAL(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    add_rows(out, db,
             "SELECT kind, s.name, d.name, sent_ns, due_ns, fate, bytes FROM message m"
             " JOIN node s ON s.id = src JOIN node d ON d.id = dst ORDER BY seq");
    add_rows(out, db,
             "SELECT time_ns, n.name, hash, reorg_depth FROM tip JOIN node n ON n.id = node"
             " JOIN block b ON b.id = block ORDER BY seq");
    add_rows(out, db,
             "SELECT n.name, hash, body_ns FROM arrival JOIN node n ON n.id = node"
             " JOIN block b ON b.id = block WHERE n.name LIKE 'a_' ORDER BY arrival.rowid");
    add_rows(out, db,
             "SELECT time_ns, n.name, hash, verdict FROM verdict JOIN node n ON n.id = node"
             " ORDER BY seq");
    sqlite3_close(db);
    return g_string_free(out, FALSE);
}

static Outcome
run_with(const char *more, bool isolate, bool wire)
{
    g_autofree char *text = g_strconcat(base, more, NULL);
    g_autofree char *folder = g_dir_make_tmp("kettensim-same-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "run.db", NULL);
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnScenario) scenario = scn_parse_text("t.scn", text, strlen(text), NULL, errors);
    const SimRunOptions options = {.build = {isolate, wire},
                                   .scenario_name = "t.scn",
                                   .trace_path = path,
                                   .trace_level = SIM_TRACE_FULL};
    Outcome outcome;

    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    {
        g_autoptr(SimRun) run = sim_run_new(scenario, &options, NULL);

        CU_ASSERT_PTR_NOT_NULL_FATAL(run);
        CU_ASSERT_TRUE(sim_run_execute(run, NULL));
        outcome.digest = g_strdup(sim_run_digest(run));
    }
    outcome.rows = read_rows(path);
    g_unlink(path);
    g_rmdir(folder);
    return outcome;
}

static void
check_untouched(const char *more)
{
    Outcome without = run_with("", false, false), with = run_with(more, false, false);

    CU_ASSERT_TRUE(strlen(without.rows) > 100000);
    CU_ASSERT_TRUE(strcmp(without.rows, with.rows) == 0);
    outcome_clear(&without);
    outcome_clear(&with);
}

static void
test_node(void)
{
    check_untouched("node watcher role=full\nlink all latency=lognormal(80ms, 0.5)\n");
}

/* The declaration before the others moves their indices too. */
static void
test_zero_faults(void)
{
    check_untouched("at 3m loss all -> all 0% for 10m\nat 3m corrupt all -> all 0% for 10m\n"
                    "at 3m duplicate all -> all 0% for 10m\nat 3m reorder all -> all 0% for 10m\n"
                    "at 3m delay all -> all 0 for 10m\nat 4m clock a1 0\n");
}

static void
test_checks(void)
{
    check_untouched("always supply_ok(all)\nevery 10s mark h = max(height(all))\n"
                    "when height(a1) > 10 each\n expect height(a1) > 10\nend\n"
                    "finally height(all) > 0\nmeasure m = propagation(p90)\n");
}

static void
test_modes(void)
{
    Outcome plain = run_with("", false, false), alone = run_with("", true, false);
    Outcome wire = run_with("", false, true);

    TEST_STR_EQUAL(plain.digest, alone.digest);
    TEST_STR_EQUAL(plain.digest, wire.digest);
    CU_ASSERT_TRUE(strcmp(plain.rows, alone.rows) == 0);
    CU_ASSERT_TRUE(strcmp(plain.rows, wire.rows) == 0);
    outcome_clear(&plain);
    outcome_clear(&alone);
    outcome_clear(&wire);
}

static void
test_one_loss_more(void)
{
    Outcome without = run_with("", false, false);
    Outcome with = run_with("at 3m loss a1 -> a2 1% for 10m\n", false, false);

    CU_ASSERT_FALSE(strcmp(without.rows, with.rows) == 0); /* the comparison can fail */
    outcome_clear(&without);
    outcome_clear(&with);
}

TEST_SUITE(determinism, {"an unconnected node", test_node}, {"faults of rate 0", test_zero_faults},
           {"checks", test_checks}, {"isolate and wire", test_modes},
           {"a real fault shows", test_one_loss_more})
