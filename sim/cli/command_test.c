/* kettensim test: runs scenarios as a regression suite. */
#include "analysis/database.h"
#include "sim/io/output.h"
#include "sim/io/text.h"
#include "sim/cli/command.h"
#include "sim/cli/failures.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/judge.h"
#include "sim/cli/pool.h"
#include "sim/cli/terminal.h"
#include "sim/cli/test_report.h"

#include <errno.h>

#define EXIT_TESTS_FAILED 1
#define TESTS_MAX 10000000
#define TIMEOUT_S 60
#define TIMEOUT_MAX_S 1000000

#define usage(...) command_usage("test", __VA_ARGS__)

typedef struct {
    char **paths, **params;
    char *filter, *seeds, *junit, *jobs, *timeout;
    gboolean tap, json, bless, model, quiet, fail_fast, last_failed;
    guint64 first_seed, last_seed;
    guint64 timeout_s; /* 0: none */
    guint width;
} Words;

typedef struct {
    const Words *words;
    Report report;
    TerminalProgress progress;
    guint ended, failed;
} Run;

/* --- words -------------------------------------------------------------------------------- */

static void
words_clear(Words *words)
{
    g_strfreev(words->paths);
    g_strfreev(words->params);
    g_free(words->filter);
    g_free(words->seeds);
    g_free(words->junit);
    g_free(words->jobs);
    g_free(words->timeout);
}

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"jobs", 'j', 0, G_OPTION_ARG_STRING, &words->jobs,
         "Run this many at a time (default: one a core)", "N"},
        {"filter", 0, 0, G_OPTION_ARG_STRING, &words->filter,
         "Run only files whose path contains this, or matches it if it has * or ?", "PATTERN"},
        {"param", 'P', 0, G_OPTION_ARG_STRING_ARRAY, &words->params,
         "Set a parameter in every file, within its range (repeatable)", "NAME=VALUE"},
        {"seeds", 0, 0, G_OPTION_ARG_STRING, &words->seeds,
         "Run each file with each of these seeds", "A..B"},
        {"fail-fast", 0, 0, G_OPTION_ARG_NONE, &words->fail_fast, "Stop at the first failure",
         NULL},
        {"last-failed", 0, 0, G_OPTION_ARG_NONE, &words->last_failed,
         "Run only what failed when it was run last", NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "Print failures and totals only", NULL},
        {"timeout", 0, 0, G_OPTION_ARG_STRING, &words->timeout,
         "End a run after this many seconds; 0: never. 'limit wall' in the file wins (default: 60)",
         "SECONDS"},
        {"model", 0, 0, G_OPTION_ARG_NONE, &words->model,
         "Compare what nodes think with the reference model", NULL},
        {"bless", 0, 0, G_OPTION_ARG_NONE, &words->bless,
         "Write the outcomes of runs that pass, and show what changed", NULL},
        {"tap", 0, 0, G_OPTION_ARG_NONE, &words->tap, "Print TAP, version 13", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &words->json, "Print one JSON object", NULL},
        {"junit", 0, 0, G_OPTION_ARG_FILENAME, &words->junit, "Also write JUnit's XML to this file",
         "FILE"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words->paths, NULL, NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("[PATH…]");

    g_option_context_set_summary(
        context,
        "Runs each scenario file in its own process, and judges it by its checks and, if there\n"
        "is a file name.outcome beside name.scn, by this golden outcome.");
    g_option_context_set_description(
        context,
        "A folder means all .scn files in it and below, except those in folders called 'include'.\n"
        "The default PATH is scenarios. A golden outcome belongs to the file's own seed. --bless\n"
        "rewrites existing outcomes, and makes a new one for each file that PATH names itself.\n"
        "With -P no outcome is compared. Each line is printed as its run ends; after Ctrl-C those\n"
        "that have ended count. The names of failures are kept in " FAILURES_PATH ".\n\n"
        "Examples:\n"
        "  kettensim test\n"
        "  kettensim test scenarios/forks --filter 'tie_*'\n"
        "  kettensim test scenarios/partition_heal.scn --seeds 1..100\n"
        "  kettensim test --last-failed --fail-fast\n"
        "  kettensim test scenarios/partition_heal.scn -P major=75%\n"
        "  kettensim test --junit /tmp/results.xml --tap\n"
        "  kettensim test scenarios/partition_heal.scn --bless\n\n"
        "Exit status: 0 all passed; 1 a file failed, crashed or is no scenario; 2 usage, or\n"
        "nothing to run; 4 a full disk; 130 interrupted.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

/* Returns an exit status, or -1 to go on. */
static int
parse_words(Words *words, int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_new(words);

    if (!command_parse("test", context, &argc, &argv))
        return EXIT_USAGE;
    if (!command_jobs("test", words->jobs, &words->width) ||
        !command_seeds("test", words->seeds, &words->first_seed, &words->last_seed))
        return EXIT_USAGE;
    if (words->tap && words->json)
        return usage("--tap and --json both go to the output: leave one of them out");
    if (words->params != NULL && words->bless)
        return usage("--bless takes each file as it stands: leave -P out");
    if (words->seeds != NULL && words->bless)
        return usage("--bless takes each file's own seed: leave --seeds out");
    words->timeout_s = TIMEOUT_S;
    if (words->timeout != NULL &&
        !g_ascii_string_to_unsigned(words->timeout, 10, 0, TIMEOUT_MAX_S, &words->timeout_s, NULL))
        return usage("--timeout '%s' is not a whole number of seconds from 0 to %d", words->timeout,
                     TIMEOUT_MAX_S);
    return -1;
}

/* --- the tests ---------------------------------------------------------------------------- */

static bool
is_named(const Words *words, const char *path)
{
    return words->paths != NULL && g_strv_contains((const char *const *)words->paths, path);
}

static void
add_test(GArray *tests, const Words *words, const char *path, guint64 seed)
{
    const Test test = {
        .path = g_strdup(path),
        .seed_given = words->seeds != NULL,
        .seed = seed,
        .named = is_named(words, path),
        .timeout_s = (guint)words->timeout_s,
        .model = words->model,
        .params = (const char *const *)words->params,
    };

    g_array_append_val(tests, test);
}

/* Returns NULL after a message. */
static GArray *
make_tests(const Words *words)
{
    static const char *const everything[] = {"scenarios", NULL};
    g_autoptr(GArray) tests = g_array_new(FALSE, FALSE, sizeof(Test));
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) found = suite_find(
        words->paths ? (const char *const *)words->paths : everything, words->filter, &error);

    if (found == NULL) {
        usage("%s%s", error->message,
              words->paths ? "" : ", the default: name the files or folders to run");
        return NULL;
    }
    if (found->len == 0) {
        usage("nothing to run: no .scn file there%s%s", words->filter ? " matches --filter " : "",
              words->filter ? words->filter : "");
        return NULL;
    }
    if (found->len * (words->last_seed - words->first_seed + 1) > TESTS_MAX) {
        usage("more than %d runs: name fewer files or seeds", TESTS_MAX);
        return NULL;
    }
    g_array_set_clear_func(tests, test_clear);
    for (guint i = 0; i < found->len; i++) {
        for (guint64 seed = words->first_seed; seed <= words->last_seed; seed++)
            add_test(tests, words, g_ptr_array_index(found, i), seed);
    }
    if (words->last_failed && !failures_select(tests)) {
        usage("nothing to run: none of these failed when it was run last");
        return NULL;
    }
    return g_steal_pointer(&tests);
}

/* --- running ------------------------------------------------------------------------------ */

static Test *
test_at(const Run *run, guint index)
{
    return &g_array_index(run->report.tests, Test, index);
}

static GBytes *
on_job(void *user, guint index)
{
    return judge_run(test_at(user, index));
}

static char *
tell_death(const Test *test, const PoolResult *result)
{
    g_autofree char *quoted = g_shell_quote(test->path);
    g_autoptr(GString) options = g_string_new(NULL);
    g_autofree char *how =
        result->signal != 0
            ? g_strdup_printf("signal %d (%s)", result->signal, g_strsignal(result->signal))
            : g_strdup_printf("exit status %d", result->exit_status);

    for (guint i = 0; test->params != NULL && test->params[i] != NULL; i++) {
        g_autofree char *param = io_shell_word(test->params[i]);

        g_string_append_printf(options, " -P %s", param);
    }
    if (test->seed_given)
        g_string_append_printf(options, " --seed %" G_GUINT64_FORMAT, test->seed);
    return g_strdup_printf(
        "the run died with %s\n%s%s  reproduce: kettensim run %s%s%s\n", how, result->output,
        *result->output != '\0' && !g_str_has_suffix(result->output, "\n") ? "\n" : "", quoted,
        options->str, test->model ? " --model" : "");
}

static bool
on_done(void *user, guint index, const PoolResult *result)
{
    Run *run = user;
    Test *test = test_at(run, index);
    bool failed;

    test->seconds = result->seconds;
    if (result->result != NULL) {
        judge_take(test, result->result, run->words->bless);
    } else {
        test->verdict = TEST_ERROR;
        test->failure = tell_death(test, result);
    }
    failed = test->verdict != TEST_PASSED;
    run->ended++;
    run->failed += failed;
    terminal_progress_clear(&run->progress);
    report_tell(&run->report, index);
    return !failed || !run->words->fail_fast;
}

static void
on_tick(void *user, guint running)
{
    Run *run = user;
    g_autofree char *runs = io_count(run->report.tests->len, "run");

    terminal_progress_tell(&run->progress, "%u of %s, %u failed, %u running", run->ended, runs,
                           run->failed, running);
}

/* Returns 0, or an exit status after a message. */
static int
write_junit(const char *path, const GArray *tests)
{
    g_autofree char *xml = report_junit(tests);
    g_autofree const char **inputs = g_new0(const char *, tests->len + 1);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < tests->len; i++)
        inputs[i] = g_array_index(tests, Test, i).path;
    return io_output_write(path, xml, inputs, &error) ? 0 : command_fail("test", error);
}

static bool
is_disk_full(const GArray *tests)
{
    for (guint i = 0; i < tests->len; i++) {
        if (g_array_index(tests, Test, i).is_disk_full)
            return true;
    }
    return false;
}

/* Runs the tests. Tests that were not run count as missing, whatever the others did. */
static int
run_tests(const Words *words, GArray *tests)
{
    Run run = {
        .words = words,
        .report = {.out = stdout,
                   .form = words->tap    ? REPORT_TAP
                           : words->json ? REPORT_JSON
                                         : REPORT_TEXT,
                   .colour = terminal_has_colour(stdout),
                   .quiet = words->quiet,
                   .tests = tests},
    };
    const Pool pool = {.count = tests->len,
                       .width = MIN(words->width, tests->len),
                       .job = on_job,
                       .done = on_done,
                       .tick = on_tick,
                       .user = &run};
    gint64 started_us = g_get_monotonic_time();
    PoolEnd end;
    int status, written;

    report_begin(&run.report);
    terminal_progress_init(&run.progress, 0, words->quiet);
    end = pool_run(&pool);
    terminal_progress_clear(&run.progress);
    if (end == POOL_FAILED)
        return usage("cannot start a process: %s", g_strerror(errno));
    report_end(&run.report, end == POOL_INTERRUPTED,
               (double)(g_get_monotonic_time() - started_us) / 1e6);
    failures_keep(tests);
    status = report_count(tests, TEST_PASSED, TEST_PASSED) == tests->len ? 0 : EXIT_TESTS_FAILED;
    if (is_disk_full(tests))
        status = EXIT_LIMIT;
    status = command_flush("test", end == POOL_INTERRUPTED ? EXIT_INTERRUPTED : status);
    written = words->junit != NULL ? write_junit(words->junit, tests) : 0;
    return written != 0 ? written : status;
}

int
command_test(int argc, char **argv)
{
    Words words = {.paths = NULL};
    g_autoptr(GArray) tests = NULL;
    int status = parse_words(&words, argc, argv);

    if (status < 0) {
        tests = make_tests(&words);
        status = tests != NULL ? -1 : EXIT_USAGE;
    }
    if (status < 0) {
        interrupt_install();
        status = run_tests(&words, tests);
    }
    words_clear(&words);
    return status;
}
