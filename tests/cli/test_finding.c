/* The file of a finding: what stands above the scenario. */
#include "sim/cli/finding.h"
#include "tests/cli/command.h"

#include <string.h>

static void
tick(void *user, guint64 begun)
{
    (void)user;
    (void)begun;
}

/* Returns the text of a finding of that class in the folder, for the caller to free. */
static char *
written(const char *folder, ExploreClass class)
{
    static const char text[] = "scn 1 \"t\"\nduration 1m\nnodes a[1..2]\n";
    g_autoptr(ScnErrors) errors = scn_errors_new();
    const ScnOptions options = {.keeps_syntax = true};
    g_autoptr(ScnScenario) scenario = scn_parse_text("t.scn", text, strlen(text), &options, errors);
    g_autoptr(ExploreBase) base = explore_base_new_whole(scenario);
    g_autoptr(GPtrArray) none = explore_plan_new();
    g_autoptr(ExploreShrink) shrink = explore_shrink_new(base, none);
    const char *const inputs[] = {NULL};
    Trier trier = {.path = "t.scn", .width = 1, .tick = tick};
    Finding finding = {.path = folder_path(folder, "f.scn")};
    char *got = NULL;

    finding.verdict.class = class;
    finding.verdict.what = g_strdup("it differs");
    finding.verdict.detail = g_strdup("line one\nline two\n");
    CU_ASSERT_TRUE(finding_write(&finding, &trier, shrink, "Found.", inputs, NULL));
    CU_ASSERT_EQUAL(finding.lines, 3);
    CU_ASSERT_TRUE(g_file_get_contents(finding.path, &got, NULL, NULL));
    explore_verdict_clear(&finding.verdict);
    g_free(finding.path);
    return got;
}

/* A failure that only the model shows is run again with --model. */
static void
test_head(void)
{
    char *folder = folder_new();
    g_autofree char *model = written(folder, EXPLORE_MODEL),
                    *check = written(folder, EXPLORE_CHECK);
    g_autofree char *head = g_strdup_printf(
        "scn 1 \"t\"\n# What fails (model): it differs\n# Found.\n"
        "# reproduce: kettensim run %s/f.scn --model\n# line one\n# line two\nduration 1m\n",
        folder);

    CU_ASSERT_TRUE(g_str_has_prefix(model, head));
    CU_ASSERT_PTR_NULL(strstr(check, "--model"));
    folder_remove(folder);
}

TEST_SUITE(finding, {"head", test_head})
