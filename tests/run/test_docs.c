/* The examples of the documents are whole files: each is parsed and run here, so that none rots.
 *
 *     ```scn          is accepted, and its run holds
 *     ```scn fail     is refused, each error with its place
 *
 * Messages name the document and its line. The binary runs from the project's root. */
#include "sim/run/run.h"
#include "tests/harness/harness.h"

#include <string.h>

#define FENCE "```"

typedef struct {
    const char *document;
    guint line; /* of the opening fence, from 1 */
    bool refused;
    GString *text; /* blank lines up to its first, so that places are the document's */
} Example;

static void
fail_at(const char *document, guint line, const char *what)
{
    g_autofree char *message = g_strdup_printf("%s:%u: %s", document, line, what);

    TEST_STR_EQUAL(message, "");
}

static void
check_refused(const Example *example, const ScnScenario *scenario, const ScnErrors *errors)
{
    g_autofree char *prefix = g_strdup_printf("%s:", example->document);

    if (scenario != NULL)
        fail_at(example->document, example->line, "this example is not refused");
    CU_ASSERT(scenario != NULL || errors->items->len > 0);
    for (guint i = 0; i < errors->items->len; i++) {
        const ScnError *error = g_ptr_array_index(errors->items, i);

        CU_ASSERT(g_str_has_prefix(error->place, prefix));
        CU_ASSERT_PTR_NOT_NULL(error->line);
    }
}

static void
check_held(const Example *example, const ScnScenario *scenario)
{
    const SimRunOptions options = {.scenario_name = example->document};
    g_autoptr(GError) error = NULL;
    g_autoptr(SimRun) run = sim_run_new(scenario, &options, &error);
    GString *why;

    if (run == NULL) {
        fail_at(example->document, example->line, error->message);
        return;
    }
    CU_ASSERT_TRUE(sim_run_execute(run, NULL));
    if (sim_run_status(run) == SIM_STATUS_HELD)
        return;
    why = g_string_new(sim_run_trouble(run));
    for (guint i = 0; i < sim_checks_count(sim_run_checks(run)); i++) {
        if (sim_check_fails(sim_checks_get(sim_run_checks(run), i)))
            sim_check_format(why, sim_checks_get(sim_run_checks(run), i));
    }
    fail_at(example->document, example->line, why->str);
    g_string_free(why, TRUE);
}

static void
check_example(const Example *example)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnScenario) scenario =
        scn_parse_text(example->document, example->text->str, example->text->len, NULL, errors);

    if (example->refused) {
        check_refused(example, scenario, errors);
    } else if (scenario == NULL) {
        GString *out = g_string_new(NULL);

        scn_errors_format(errors, out, false);
        fail_at(example->document, example->line, out->str);
        g_string_free(out, TRUE);
    } else {
        check_held(example, scenario);
    }
}

/* Whether a line opens an example; any other word after scn is a mistake. */
static bool
opens_example(Example *example, const char *line, guint number)
{
    if (!g_str_has_prefix(line, FENCE "scn"))
        return false;
    example->line = number;
    example->refused = strcmp(line, FENCE "scn fail") == 0;
    if (!example->refused && strcmp(line, FENCE "scn") != 0)
        fail_at(example->document, number, "an example is marked scn or scn fail");
    g_string_truncate(example->text, 0);
    for (guint i = 0; i < number; i++)
        g_string_append_c(example->text, '\n');
    return true;
}

/* Runs every example of a document; returns how many there were. */
static guint
check_document(const char *path)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    Example example = {.document = path};
    bool inside = false, other = false;
    guint count = 0;

    CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    example.text = g_string_new(NULL);
    for (guint i = 0; lines[i] != NULL; i++) {
        bool fence = g_str_has_prefix(lines[i], FENCE);

        if (inside && fence) {
            check_example(&example);
            count++;
            inside = false;
        } else if (inside) {
            g_string_append_printf(example.text, "%s\n", lines[i]);
        } else if (fence && other) {
            other = false;
        } else if (fence) {
            inside = opens_example(&example, lines[i], i + 1);
            other = !inside;
        }
    }
    if (inside || other)
        fail_at(path, example.line, "a fence is not closed");
    g_string_free(example.text, TRUE);
    return count;
}

static void
test_language_examples(void)
{
    CU_ASSERT(check_document("docs/scenario-language.md") >= 10);
}

static void
test_sweep_examples(void)
{
    CU_ASSERT(check_document("docs/sweeps.md") >= 1);
}

static void
test_readme_examples(void)
{
    CU_ASSERT(check_document("README.md") >= 1);
}

TEST_SUITE(docs, {"examples of the language", test_language_examples},
           {"examples of the sweeps", test_sweep_examples},
           {"examples of the README", test_readme_examples})
