/* The JSON object that `run --json` prints: what was asked for, and what came of it. */
#include "tests/cli/command.h"

#include <json-glib/json-glib.h>

static const char scenario[] =
    "scn 1 \"as JSON\"\nparam blocks = 1\nparam way = 50ms\nlink all latency=$way\nchain pow=off\n"
    "duration 1m\nnode a\nnode b\nat 10s partition {a} | {b}\n"
    "at 20s mine $blocks at a\nfinally height(a) == $blocks\n"
    "measure h = height(a)\nmeasure half = height(a) / 4\n"
    "measure yes = height(a) > 0\nmeasure both = height(all)\n"
    "measure agreed = time_to_agree(all, since=30s)\n"
    "measure late = time_to_agree(all, since=30s) > 1s\n"
    "measure soon = not time_to_agree(all, since=30s) > 1s\n";

/* The member as JSON, in one line. */
static char *
text_of(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node != NULL ? json_to_string(node, FALSE) : g_strdup("no such member");
}

static void
check_member(JsonObject *object, const char *name, const char *want)
{
    g_autofree char *got = text_of(object, name);

    TEST_STR_EQUAL(got, want);
}

static void
test_object(void)
{
    static const char *const measures[][2] = {
        {"h", "3"},         {"half", "0.75"},  {"yes", "true"},  {"both", "\"[3, 0]\""},
        {"agreed", "null"}, {"late", "false"}, {"soon", "null"},
    };
    char *folder = folder_new();
    g_autofree char *path = folder_write(folder, "s.scn", scenario);
    g_auto(Result) run = COMMAND(folder, "run", "s.scn", "-P", "blocks=3", "--seed", "9", "--trace",
                                 "off", "--json");
    g_autoptr(JsonNode) root = json_from_string(run.out, NULL);
    JsonObject *object;

    TEST_STR_EQUAL(run.err, "");
    CU_ASSERT_EQUAL(run.status, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    object = json_node_get_object(root);
    check_member(object, "title", "\"as JSON\"");
    check_member(object, "seed", "9");
    check_member(object, "status", "\"held\"");
    check_member(object, "end_ns", "60000000000");
    check_member(object, "params", "{\"blocks\":\"3\",\"way\":\"50ms\"}");
    for (size_t i = 0; i < G_N_ELEMENTS(measures); i++)
        check_member(json_object_get_object_member(object, "measures"), measures[i][0],
                     measures[i][1]);
    folder_remove(folder);
}

TEST_SUITE(run_json, {"the object", test_object})
