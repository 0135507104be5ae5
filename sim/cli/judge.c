/* Runs a file to its verdict and compares the golden outcome; see judge.h. */
#include "sim/cli/judge.h"

#include "sim/io/output.h"
#include "sim/cli/summary.h"
#include "sim/run/run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Seconds after the time-out until a run that does not check its limits is killed. */
#define GRACE_S 10

/* verdict, failure, title, status, digest, outcome, text of the outcome, seed, whether the seed is
 * the file's own, events, end, checks, and what to tell of a run that passed */
#define RESULT_TYPE "(usssssstbtxus)"

/* --- the child ---------------------------------------------------------------------------- */

static GBytes *
pack(GVariant *result)
{
    GBytes *bytes = g_variant_get_data_as_bytes(g_variant_ref_sink(result));

    g_variant_unref(result);
    return bytes;
}

static GBytes *
pack_error(const char *failure)
{
    g_autofree char *valid = g_utf8_make_valid(failure, -1);

    return pack(g_variant_new(RESULT_TYPE, (guint32)TEST_ERROR, valid, "", "", "", "", "",
                              (guint64)0, FALSE, (guint64)0, (gint64)0, (guint32)0, ""));
}

/* Returns the output of summary_print_failures(); free with free. */
static char *
failures(const SimRun *run, const char *path)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    summary_print_failures(out, run, path, "");
    fclose(out);
    return text;
}

static const char *
limit_text(const SimRun *run)
{
    return sim_run_status(run) == SIM_STATUS_LIMIT ? "a limit ended the run\n" : "";
}

/* Returns lines about checks that decided nothing and about seeds of the file that were not run,
 * which a pass would hide. */
static char *
describe_gaps(const Test *test, const SimRun *run)
{
    const ScnScenario *scenario = sim_run_scenario(run);
    const SimChecks *checks = sim_run_checks(run);
    GString *out = g_string_new(NULL);
    guint vacuous = 0;

    for (guint i = 0; i < sim_checks_count(checks); i++)
        vacuous += sim_checks_get(checks, i)->verdict == SIM_CHECK_VACUOUS;
    if (vacuous > 0)
        g_string_append_printf(out, "%u of %u checks decided nothing here (maybe)\n", vacuous,
                               sim_checks_count(checks));
    if (!test->seed_given && scenario->seeds_given && scenario->sweeps->len == 0 &&
        scenario->last_seed > scenario->first_seed)
        g_string_append_printf(out,
                               "this was seed %" G_GUINT64_FORMAT " of the file's seeds: --seeds "
                               "%" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT " runs them all\n",
                               scenario->seed, scenario->first_seed, scenario->last_seed);
    return g_string_free(out, FALSE);
}

static GBytes *
pack_run(const Test *test, const SimRun *run, guint64 own_seed)
{
    const ScnScenario *scenario = sim_run_scenario(run);
    SimRunStatus status = sim_run_status(run);
    char *told = failures(run, test->path);
    g_autofree char *gaps = describe_gaps(test, run);
    g_autofree char *failure =
        status == SIM_STATUS_HELD ? g_strdup("") : g_strconcat(limit_text(run), told, NULL);
    g_autofree char *valid = g_utf8_make_valid(failure, -1);
    TestVerdict verdict = status == SIM_STATUS_HELD     ? TEST_PASSED
                          : status == SIM_STATUS_BROKEN ? TEST_ERROR
                                                        : TEST_FAILED;

    free(told);
    return pack(g_variant_new(RESULT_TYPE, (guint32)verdict, valid, scenario->title,
                              sim_run_status_name(status), sim_run_digest(run),
                              sim_run_outcome(run), sim_run_outcome_text(run), scenario->seed,
                              (gboolean)(scenario->seed == own_seed), sim_run_events(run),
                              sim_run_end(run), sim_checks_count(sim_run_checks(run)), gaps));
}

static GBytes *
run_parsed(const Test *test, const ScnScenario *scenario, guint64 own_seed)
{
    const SimRunOptions options = {.build = {.model = test->model}, .scenario_name = test->path};
    g_autoptr(GError) error = NULL;
    g_autoptr(SimRun) run = sim_run_new(scenario, &options, &error);

    if (run == NULL || !sim_run_execute(run, &error)) {
        g_autofree char *failure = g_strdup_printf("%s\n", error->message);

        return pack_error(failure);
    }
    return pack_run(test, run, own_seed);
}

/* Sets the time limit unless the file has its own. SIGALRM ends a run that is stuck. */
static void
limit_time(const Test *test, ScnScenario *scenario)
{
    if (test->timeout_s == 0 || scenario->limit.wall_given)
        return;
    scenario->limit.wall_ns = test->timeout_s * SCN_SECOND_NS;
    alarm(test->timeout_s + GRACE_S);
}

/* With --seeds the file is read twice, because only the file knows the seed of its golden outcome.
 */
GBytes *
judge_run(const Test *test)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    const ScnOptions own = {.overrides = test->params};
    g_autoptr(ScnScenario) scenario = scn_parse_file(test->path, &own, errors);
    g_autoptr(ScnScenario) seeded = NULL;

    if (scenario != NULL && test->seed_given) {
        const ScnOptions options = {
            .overrides = test->params, .seed_given = true, .seed = test->seed};

        seeded = scn_parse_file(test->path, &options, errors);
    }
    if (scenario == NULL || (test->seed_given && seeded == NULL)) {
        GString *text = g_string_new(NULL);
        GBytes *result;

        scn_errors_format(errors, text, false);
        result = pack_error(text->str);
        g_string_free(text, TRUE);
        return result;
    }
    limit_time(test, seeded ? seeded : scenario);
    return run_parsed(test, seeded ? seeded : scenario, scenario->seed);
}

/* --- the parent --------------------------------------------------------------------------- */

/* Returns name.outcome for name.scn. */
static char *
golden_path(const char *path)
{
    gsize length = strlen(path);

    if (g_str_has_suffix(path, ".scn"))
        length -= strlen(".scn");
    return g_strdup_printf("%.*s.outcome", (int)length, path);
}

static void add_failure(Test *test, TestVerdict verdict, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static void
add_failure(Test *test, TestVerdict verdict, const char *format, ...)
{
    va_list args;
    g_autofree char *before = test->failure;
    g_autofree char *more = NULL;

    va_start(args, format);
    more = g_strdup_vprintf(format, args);
    va_end(args);
    test->failure = g_strconcat(before ? before : "", more, NULL);
    test->verdict = verdict;
}

static void
write_golden(Test *test, const char *golden, const char *was, const char *is)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *moved = was ? suite_difference(was, is) : NULL;

    if (test->verdict != TEST_PASSED) {
        test->notice = g_strdup_printf("not blessed: it must pass first\n");
        return;
    }
    if (!io_output_write(golden, is, NULL, &error)) {
        test->is_disk_full = g_error_matches(error, IO_ERROR, IO_ERROR_FULL);
        add_failure(test, TEST_ERROR, "%s\n", error->message);
        return;
    }
    test->golden = GOLDEN_WRITTEN;
    test->notice = g_strdup_printf("wrote %s\n%s", golden, moved ? moved : "");
}

static void
see_golden(Test *test, const char *is, bool bless)
{
    g_autofree char *golden = golden_path(test->path);
    g_autofree char *was = NULL;
    g_autofree char *moved = NULL;
    g_autoptr(GError) error = NULL;

    if (!g_file_get_contents(golden, &was, NULL, &error)) {
        if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            add_failure(test, TEST_ERROR, "%s\n", error->message);
        else if (bless && test->named)
            write_golden(test, golden, NULL, is);
        return;
    }
    if (strcmp(was, is) == 0) {
        test->golden = GOLDEN_SAME;
        return;
    }
    if (bless) {
        write_golden(test, golden, was, is);
        return;
    }
    moved = suite_difference(was, is);
    test->golden = GOLDEN_DIFFERS;
    add_failure(test, TEST_FAILED,
                "the outcome differs from %s (- golden, + now; --bless takes it over):\n%s", golden,
                moved);
}

void
judge_take(Test *test, GBytes *result, bool bless)
{
    g_autoptr(GVariant) raw =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(RESULT_TYPE), result, FALSE));
    g_autoptr(GVariant) packed = g_variant_get_normal_form(raw);
    g_autofree char *text = NULL, *gaps = NULL;
    guint32 verdict, checks;
    guint64 seed;
    gboolean is_own;

    g_variant_get(packed, RESULT_TYPE, &verdict, &test->failure, &test->title, &test->status,
                  &test->digest, &test->outcome, &text, &seed, &is_own, &test->events,
                  &test->end_ns, &checks, &gaps);
    test->verdict = CLAMP(verdict, TEST_PASSED, TEST_ERROR);
    test->checks = checks;
    if (!test->seed_given)
        test->seed = seed;
    /* A run that did not finish has no outcome to compare; with -P it is another run */
    if (is_own && test->params == NULL &&
        (strcmp(test->status, "held") == 0 || strcmp(test->status, "failed") == 0))
        see_golden(test, text, bless);
    if (test->verdict == TEST_PASSED && checks == 0 && test->golden == GOLDEN_NONE &&
        test->notice == NULL)
        test->notice = g_strdup("nothing was judged: there is no check\n");
    if (test->verdict == TEST_PASSED && test->named && test->notice == NULL && *gaps != '\0')
        test->notice = g_steal_pointer(&gaps);
}
