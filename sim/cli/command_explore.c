/* kettensim explore: draws faults, runs, and hands over the smallest scenario that shows what went
 * wrong.
 *
 * The search goes in rounds of ROUND runs. What a round tries depends on the seed and on what the
 * rounds before it found, so it does not depend on how many run at a time.
 */
#include "sim/cli/command.h"

#include "sim/cli/interrupt.h"
#include "sim/cli/json.h"
#include "sim/cli/terminal.h"
#include "sim/cli/workers.h"
#include "sim/engine/assert.h"
#include "sim/explore/shrink.h"
#include "sim/explore/trial.h"
#include "sim/io/output.h"
#include "sim/io/text.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define usage(...) command_usage("explore", __VA_ARGS__)
#define ROUND 64
#define NOT_GIVEN G_MININT64
#define MODES_EVERY 50   /* runs between two that are compared isolated and over the wire */
#define SHRINK_RUNS 2000 /* at most, for one failure */

typedef struct {
    char **params, **paths;
    char *seed_text, *time_text, *folder;
    gint64 runs, time_ns, jobs;
    guint64 seed;
    gboolean keep_going, json, quiet;
} Words;

typedef struct {
    ExploreVerdict verdict;
    guint64 run, times; /* the run that found it; how many have */
    char *path;
    guint faults, lines;
} Finding;

typedef struct {
    Words words;
    const char *path;
    ExploreBase *base;
    GHashTable *states; /* guint64: novelty */
    GPtrArray *kept;    /* plans that reached a new state */
    GPtrArray *found;   /* Finding */
    guint64 done, shrinking;
    gint64 started_us;
    TerminalProgress progress;
    /* of the round */
    GPtrArray *plans;        /* GPtrArray of ExploreFault; or NULL */
    GPtrArray *texts;        /* char * */
    ExploreVerdict *results; /* by text */
    gboolean *has_result;    /* by text: its trial came to an end */
    guint next;
    bool with_modes;
    bool is_interrupted;
} Search;

/* --- words -------------------------------------------------------------------------------- */

static void
words_clear(Words *words)
{
    g_strfreev(words->params);
    g_strfreev(words->paths);
    g_free(words->seed_text);
    g_free(words->time_text);
    g_free(words->folder);
}

static int
parse_words(Words *words, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"runs", 'n', 0, G_OPTION_ARG_INT64, &words->runs, "Do this many runs (default: 1000)",
         "N"},
        {"time", 't', 0, G_OPTION_ARG_STRING, &words->time_text,
         "Search this long in real time, as 10m, instead", "T"},
        {"jobs", 'j', 0, G_OPTION_ARG_INT64, &words->jobs,
         "Run this many at a time (default: one a core)", "N"},
        {"seed", 0, 0, G_OPTION_ARG_STRING, &words->seed_text, "Seed of the search (default: 1)",
         "N"},
        {"param", 'P', 0, G_OPTION_ARG_STRING_ARRAY, &words->params, "Set a parameter (repeatable)",
         "NAME=VALUE"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &words->folder,
         "Write what was found to this folder (default: out/<scenario>.explored)", "DIR"},
        {"keep-going", 'k', 0, G_OPTION_ARG_NONE, &words->keep_going,
         "Go on after the first failure", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &words->json, "Print one JSON object", NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "Print failures only", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words->paths, NULL, "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    words->runs = NOT_GIVEN;
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(
        context, "Runs a scenario under faults drawn at random, and makes small what fails.");
    g_option_context_set_description(
        context,
        "A run fails by a check of the file (always, never, finally), by an audit of a node, by\n"
        "the books of the network, by an assertion, or if it does not recover: when the faults\n"
        "have ended and mining has stopped, all nodes must agree, and nothing may be left open.\n"
        "The line explore of the file says which faults and when; see docs/explore.md.\n\n"
        "Examples:\n"
        "  kettensim explore scenarios/partition_heal.scn --runs 500\n"
        "  kettensim explore scenarios/load.scn --time 10m --keep-going --seed 7\n\n"
        "Exit status: 0 nothing was found; 1 something was; 2 usage or scenario error;\n"
        "4 a full disk; 130 interrupted.\n");
    if (!command_parse("explore", context, &argc, &argv))
        return EXIT_USAGE;
    if (words->paths == NULL || words->paths[1] != NULL)
        return usage("one scenario is due");
    if (words->time_text != NULL &&
        !command_time("explore", "--time", words->time_text, &words->time_ns))
        return EXIT_USAGE;
    if (words->time_text != NULL && words->runs != NOT_GIVEN)
        return usage("--runs and --time exclude each other");
    if (words->runs <= 0 && words->runs != NOT_GIVEN)
        return usage("--runs is a number above 0");
    if (words->time_text != NULL && words->time_ns == 0)
        return usage("--time is above 0");
    if (words->runs == NOT_GIVEN)
        words->runs = words->time_text != NULL ? G_MAXINT64 : 1000;
    words->seed = 1;
    if (words->seed_text != NULL &&
        !g_ascii_string_to_unsigned(words->seed_text, 10, 0, G_MAXINT64, &words->seed, NULL))
        return usage("--seed is a whole number, such as 7");
    if (words->jobs < 0 || words->jobs > 1024)
        return usage("--jobs is a number in 1..1024");
    return -1;
}

/* --- trying texts ------------------------------------------------------------------------- */

static gint64
elapsed_ns(const Search *search)
{
    return (g_get_monotonic_time() - search->started_us) * 1000;
}

static bool
is_late(const Search *search)
{
    return search->words.time_text != NULL && elapsed_ns(search) >= search->words.time_ns;
}

static GBytes *
try_text(void *user, guint64 number)
{
    Search *search = user;
    ExploreVerdict verdict;
    GBytes *bytes;
    bool modes = search->with_modes && (search->done + number) % MODES_EVERY == 0;

    explore_trial(&verdict, search->path, g_ptr_array_index(search->texts, number), modes);
    bytes = explore_verdict_pack(&verdict);
    explore_verdict_clear(&verdict);
    return bytes;
}

static bool
next_text(void *user, guint64 *ret_number)
{
    Search *search = user;

    if (search->next >= search->texts->len || (search->plans != NULL && is_late(search)))
        return false;
    *ret_number = search->next++;
    return true;
}

/* Returns the line of an assertion in what the process printed. */
static char *
last_words(const char *output)
{
    g_auto(GStrv) lines = g_strsplit(output, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (strstr(lines[i], "assertion failed") != NULL)
            return g_strdup(lines[i]);
    }
    return NULL;
}

static bool
take_result(void *user, guint64 number, const PoolResult *result)
{
    Search *search = user;
    ExploreVerdict *verdict = &search->results[number];

    search->has_result[number] = TRUE;
    if (result->result != NULL && explore_verdict_unpack(verdict, result->result))
        return true;
    *verdict = (ExploreVerdict){.class = EXPLORE_DIED};
    verdict->what = last_words(result->output);
    if (verdict->what == NULL)
        verdict->what = g_strdup_printf("signal %d", result->signal);
    verdict->detail = g_strconcat(verdict->what, "\n", NULL);
    return true;
}

static bool
tick(void *user)
{
    Search *search = user;
    double seconds = MAX((double)elapsed_ns(search) / 1e9, 0.001);

    if (search->shrinking > 0)
        terminal_progress_tell(&search->progress, "shrinking: %" G_GUINT64_FORMAT " runs",
                               search->shrinking);
    else
        terminal_progress_tell(&search->progress,
                               "%" G_GUINT64_FORMAT " runs, %.3g a second, %u states, %u failures",
                               search->done + search->next, (double)search->done / seconds,
                               g_hash_table_size(search->states), search->found->len);
    return true;
}

/* Tries all texts; returns false if that was interrupted or no process could be started. */
static bool
try_all(Search *search)
{
    const Workers workers = {
        .width = (guint)MIN((gint64)search->texts->len, search->words.jobs),
        .job = try_text,
        .next = next_text,
        .done = take_result,
        .tick = tick,
        .user = search,
    };
    WorkersEnd end;

    search->next = 0;
    search->results = g_new0(ExploreVerdict, search->texts->len);
    search->has_result = g_new0(gboolean, search->texts->len);
    end = workers_run(&workers);
    search->is_interrupted = end == WORKERS_INTERRUPTED;
    if (end == WORKERS_FAILED)
        io_print(stderr, "kettensim explore: no process could be started: %s\n", g_strerror(errno));
    return end == WORKERS_DONE;
}

static void
forget_round(Search *search)
{
    for (guint i = 0; search->results != NULL && i < search->texts->len; i++)
        explore_verdict_clear(&search->results[i]);
    g_clear_pointer(&search->results, g_free);
    g_clear_pointer(&search->has_result, g_free);
    g_clear_pointer(&search->texts, g_ptr_array_unref);
    g_clear_pointer(&search->plans, g_ptr_array_unref);
}

/* --- what was found ----------------------------------------------------------------------- */

static void
finding_free(gpointer data)
{
    Finding *finding = data;

    explore_verdict_clear(&finding->verdict);
    g_free(finding->path);
    g_free(finding);
}

/* Returns which candidates fail as wanted; NULL if that was interrupted. Takes over the texts. */
static gboolean *
try_candidates(Search *search, GPtrArray *texts, const ExploreVerdict *wanted, char **ret_detail)
{
    gboolean *fails = g_new0(gboolean, texts->len + 1);

    search->texts = texts;
    search->shrinking += texts->len;
    if (!try_all(search))
        g_clear_pointer(&fails, g_free);
    for (guint i = 0; fails != NULL && i < texts->len; i++) {
        fails[i] = wanted != NULL ? explore_verdict_is_same(&search->results[i], wanted)
                                  : search->results[i].class != EXPLORE_HELD;
        if (fails[i] && ret_detail != NULL && *ret_detail == NULL)
            *ret_detail = g_strdup(search->results[i].detail);
    }
    forget_round(search);
    return fails;
}

/* Makes the plan small, and takes over what the smallest says. Returns false if that was
 * interrupted. */
static bool
shrink(Search *search, ExploreShrink *state, ExploreVerdict *wanted)
{
    GPtrArray *texts;

    search->with_modes = wanted->class == EXPLORE_DIGEST;
    for (search->shrinking = 1;
         search->shrinking < SHRINK_RUNS && (texts = explore_shrink_propose(state)) != NULL;) {
        GPtrArray *controls = explore_shrink_controls(state);
        guint count = texts->len, first = 0;
        g_autofree char *detail = NULL;
        g_autofree gboolean *fails = try_candidates(search, texts, wanted, &detail);
        g_autofree gboolean *spoilt = controls != NULL
                                          ? try_candidates(search, controls, NULL, NULL)
                                          : g_new0(gboolean, count + 1);

        if (fails == NULL || spoilt == NULL) {
            search->shrinking = 0;
            return false;
        }
        while (first < count && (!fails[first] || spoilt[first]))
            first++;
        explore_shrink_accept(state, first < count ? first : G_MAXUINT);
        if (first < count && controls == NULL) {
            g_free(wanted->detail);
            wanted->detail = g_steal_pointer(&detail);
        }
    }
    search->shrinking = 0;
    return true;
}

/* Makes the lines of a text comments. */
static void
put_comment(GString *out, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (*lines[i] != '\0')
            g_string_append_printf(out, "# %s\n", lines[i]);
    }
}

static void
put_head(GString *head, const Search *search, const Finding *finding)
{
    g_autofree char *base = g_path_get_basename(search->path);

    g_string_append_printf(head,
                           "# What fails (%s): %s\n# Found in %s with --seed %" G_GUINT64_FORMAT
                           ", run %" G_GUINT64_FORMAT ".\n# reproduce: kettensim run %s\n",
                           explore_class_name(finding->verdict.class), finding->verdict.what, base,
                           search->words.seed, finding->run + 1, finding->path);
    put_comment(head, finding->verdict.detail);
}

/* Has the verdict name places in the file that is written, of which the head is a part. */
static void
tell_place(Search *search, Finding *finding, const ExploreShrink *state, const char *head)
{
    const char *base = search->path;

    search->texts = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(search->texts, explore_shrink_text(state, head));
    search->path = finding->path;
    if (try_all(search) && explore_verdict_is_same(&search->results[0], &finding->verdict)) {
        g_free(finding->verdict.detail);
        finding->verdict.detail = g_strdup(search->results[0].detail);
    }
    search->path = base;
    forget_round(search);
}

static bool
write_finding(Search *search, Finding *finding, const ExploreShrink *state, GError **error)
{
    const char *inputs[] = {search->path, NULL};
    g_autofree char *base = g_path_get_basename(search->path);
    g_autoptr(GString) head = g_string_new(NULL);
    g_autofree char *text = NULL, *name = NULL;
    g_auto(GStrv) lines = NULL;

    if (g_str_has_suffix(base, ".scn"))
        base[strlen(base) - 4] = '\0';
    name = g_strdup_printf("%s-%u.scn", base, search->found->len + 1);
    finding->path = g_build_filename(search->words.folder, name, NULL);
    if (g_mkdir_with_parents(search->words.folder, 0777) != 0)
        return io_set_errno(error, search->words.folder, errno);
    put_head(head, search, finding);
    tell_place(search, finding, state, head->str);
    g_string_truncate(head, 0);
    put_head(head, search, finding);
    text = explore_shrink_text(state, head->str);
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++)
        finding->lines += *lines[i] != '\0' && *lines[i] != '#';
    return io_output_write(finding->path, text, inputs, error);
}

static bool
is_known(const Search *search, const ExploreVerdict *verdict)
{
    for (guint i = 0; i < search->found->len; i++) {
        Finding *finding = g_ptr_array_index(search->found, i);

        if (!explore_verdict_is_same(&finding->verdict, verdict))
            continue;
        finding->times++;
        return true;
    }
    return false;
}

static void
print_finding(const Search *search, const Finding *finding)
{
    if (search->words.json)
        return;
    io_print(stdout,
             "found in run %" G_GUINT64_FORMAT " (%s): %s\n%s  %s: %u faults, %u statements\n",
             finding->run + 1, explore_class_name(finding->verdict.class), finding->verdict.what,
             finding->verdict.detail, finding->path, finding->faults, finding->lines);
    fflush(stdout);
}

/* Shrinks and writes a failure of a kind that was not found before. Returns 0, or an exit status.
 */
static int
add_finding(Search *search, const GPtrArray *plan, const ExploreVerdict *verdict, guint64 run)
{
    g_autoptr(ExploreShrink) state = explore_shrink_new(search->base, plan);
    g_autoptr(GError) error = NULL;
    Finding *finding = g_new0(Finding, 1);

    *finding = (Finding){.verdict = *verdict, .run = run, .times = 1};
    finding->verdict.what = g_strdup(verdict->what);
    finding->verdict.detail = g_strdup(verdict->detail);
    if (!shrink(search, state, &finding->verdict) && !search->is_interrupted) {
        finding_free(finding);
        return EXIT_LIMIT;
    }
    terminal_progress_clear(&search->progress);
    finding->faults = explore_shrink_faults(state);
    if (!write_finding(search, finding, state, &error)) {
        finding_free(finding);
        return command_fail("explore", error);
    }
    print_finding(search, finding);
    g_ptr_array_add(search->found, finding);
    return search->is_interrupted ? EXIT_INTERRUPTED : 0;
}

/* --- the search --------------------------------------------------------------------------- */

/* Half of the plans change one that reached a new state; the others are drawn afresh. */
static void
draw_round(Search *search, guint count)
{
    search->plans = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    search->texts = g_ptr_array_new_with_free_func(g_free);
    search->with_modes = true;
    for (guint i = 0; i < count; i++) {
        SimRandom random;
        GPtrArray *plan;

        sim_random_init_key(&random, search->words.seed, sim_key("explore"), search->done + i);
        if (search->kept->len > 0 && sim_random_below(&random, 2) == 0)
            plan = explore_plan_mutate(
                search->base,
                g_ptr_array_index(search->kept, sim_random_below(&random, search->kept->len)),
                &random);
        else
            plan = explore_plan_draw(search->base, &random);
        g_ptr_array_add(search->plans, plan);
        g_ptr_array_add(search->texts, explore_plan_text(search->base, plan, NULL, NULL));
    }
}

/* Takes the round over: new states, and failures, in order of runs. */
static int
judge_round(Search *search)
{
    g_autoptr(GPtrArray) plans = g_steal_pointer(&search->plans);
    g_autoptr(GPtrArray) texts = g_steal_pointer(&search->texts);
    ExploreVerdict *results = g_steal_pointer(&search->results);
    g_autofree gboolean *has_result = g_steal_pointer(&search->has_result);
    guint64 first = search->done;
    int status = 0;

    for (guint i = 0; i < texts->len; i++) {
        GPtrArray *plan = g_ptr_array_index(plans, i);

        if (!has_result[i])
            continue;
        search->done++;
        sim_assert(results[i].class != EXPLORE_BAD);
        if (g_hash_table_add(search->states, g_memdup2(&results[i].novelty, sizeof(guint64))) &&
            results[i].class == EXPLORE_HELD)
            g_ptr_array_add(search->kept, g_ptr_array_ref(plan));
        if (status == 0 && results[i].class != EXPLORE_HELD && !is_known(search, &results[i]) &&
            (search->words.keep_going || search->found->len == 0))
            status = add_finding(search, plan, &results[i], first + i);
        explore_verdict_clear(&results[i]);
    }
    g_free(results);
    return status;
}

static bool
is_over(const Search *search)
{
    return search->done >= (guint64)search->words.runs || is_late(search) ||
           (search->found->len > 0 && !search->words.keep_going);
}

static int
explore(Search *search)
{
    int status = 0;

    while (status == 0 && !is_over(search)) {
        draw_round(search, (guint)MIN(ROUND, (guint64)search->words.runs - search->done));
        if (try_all(search))
            status = judge_round(search);
        else if (search->is_interrupted)
            status = MAX(judge_round(search), EXIT_INTERRUPTED);
        else
            status = EXIT_LIMIT;
        forget_round(search);
    }
    terminal_progress_clear(&search->progress);
    return status;
}

/* Runs the base without faults: what fails then is no find. */
static int
check_base(Search *search)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    int status = 0;

    search->texts = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(search->texts, explore_plan_text(search->base, none, NULL, NULL));
    if (!try_all(search)) {
        status = search->is_interrupted ? EXIT_INTERRUPTED : EXIT_LIMIT;
    } else if (search->results[0].class != EXPLORE_HELD) {
        io_print(stderr, "%s: it fails without faults: %s\n%s", search->path,
                 search->results[0].what, search->results[0].detail);
        status = 1;
    }
    forget_round(search);
    return status;
}

/* --- the end ------------------------------------------------------------------------------ */

static void
print_json(const Search *search)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    json_member_text(builder, "scenario", search->path);
    json_member_int(builder, "seed", (gint64)search->words.seed);
    json_member_int(builder, "runs", (gint64)search->done);
    json_member_int(builder, "states", g_hash_table_size(search->states));
    json_builder_set_member_name(builder, "failures");
    json_builder_begin_array(builder);
    for (guint i = 0; i < search->found->len; i++) {
        const Finding *finding = g_ptr_array_index(search->found, i);

        json_builder_begin_object(builder);
        json_member_text(builder, "class", explore_class_name(finding->verdict.class));
        json_member_text(builder, "what", finding->verdict.what);
        json_member_text(builder, "file", finding->path);
        json_member_int(builder, "run", (gint64)finding->run + 1);
        json_member_int(builder, "times", (gint64)finding->times);
        json_member_int(builder, "faults", finding->faults);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    json_print(builder, stdout, true);
}

static void
print_end(const Search *search)
{
    if (search->is_interrupted)
        io_print(stderr, "kettensim explore: interrupted\n");

    if (search->words.json)
        print_json(search);
    else if (!search->words.quiet)
        io_print(stdout,
                 "%" G_GUINT64_FORMAT
                 " runs in %.3g s, %u states, %u kinds of failures (seed %" G_GUINT64_FORMAT ")\n",
                 search->done, (double)elapsed_ns(search) / 1e9, g_hash_table_size(search->states),
                 search->found->len, search->words.seed);
}

static int
run(Search *search, const ScnScenario *scenario)
{
    g_autofree char *why = NULL, *name = NULL;
    int status;

    search->base = explore_base_new(scenario, &why);
    if (search->base == NULL)
        return usage("%s: %s", search->path, why);
    if (search->words.folder == NULL) {
        name = g_path_get_basename(search->path);
        if (g_str_has_suffix(name, ".scn"))
            name[strlen(name) - 4] = '\0';
        search->words.folder = g_strdup_printf("out/%s.explored", name);
    }
    if (search->words.jobs == 0)
        search->words.jobs = g_get_num_processors();
    interrupt_install();
    search->started_us = g_get_monotonic_time();
    terminal_progress_init(&search->progress, 0, search->words.quiet || search->words.json);
    status = check_base(search);
    if (status == 0)
        status = explore(search);
    if (status == 0 || status == EXIT_INTERRUPTED)
        print_end(search);
    return status == 0 && search->found->len > 0 ? 1 : status;
}

int
command_explore(int argc, char **argv)
{
    Search search = {.path = NULL};
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnScenario) scenario = NULL;
    int status = parse_words(&search.words, argc, argv);

    if (status < 0) {
        const ScnOptions options = {.overrides = (const char *const *)search.words.params,
                                    .keeps_syntax = true};

        search.path = search.words.paths[0];
        search.states = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
        search.kept = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
        search.found = g_ptr_array_new_with_free_func(finding_free);
        scenario = scn_parse_file(search.path, &options, errors);
        if (scenario == NULL) {
            scn_errors_print(errors, stderr, terminal_has_colour(stderr));
            status = EXIT_USAGE;
        } else {
            status = command_flush("explore", run(&search, scenario));
        }
        g_hash_table_unref(search.states);
        g_ptr_array_unref(search.kept);
        g_ptr_array_unref(search.found);
        explore_base_free(search.base);
    }
    words_clear(&search.words);
    return status;
}
