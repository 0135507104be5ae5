/* The JSON object that `run --json` prints: what was asked for, and what came of it. */
#include "tests/cli/command.h"

#include <json-glib/json-glib.h>

static const char scenario[] =
    "scn 1 \"as JSON\"\nparam blocks = 1\nparam way = 50ms\nlink all latency=$way\nchain pow=off\n"
    "duration 1m\nnode a\nnode b\nat 10s partition {a} | {b}\n"
    "at 20s mine $blocks at a\nfinally height(a) == $blocks\n"
    "measure h = height(a)\nmeasure half = height(a) / 4\n"
    "measure yes = height(a) > 0\nmeasure both = height(all)\n"
    "measure when = now()\nmeasure agreed = time_to_agree(all, since=30s)\n"
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
        {"h", "3"},
        {"half", "0.75"},
        {"yes", "true"},
        {"both", "\"[3, 0]\""},
        {"when", "60000000000"},
        {"agreed", "null"},
        {"late", "false"},
        {"soon", "null"},
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
    check_member(object, "units",
                 "{\"h\":\"\",\"half\":\"\",\"yes\":\"\",\"both\":\"\",\"when\":\"ns\","
                 "\"agreed\":\"ns\",\"late\":\"\",\"soon\":\"\"}");
    folder_remove(folder);
}

/* A file that is refused is told on both, the checks of an included file carry its name. */
static void
test_refused(void)
{
    char *folder = folder_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *object, *error;

    g_free(folder_write(folder, "bad.scn", "scn 1 \"bad\"\nduration 1m\nnodes n[1..3]\nlink al\n"));
    g_auto(Result) run = COMMAND(folder, "run", "--json", "bad.scn");
    g_auto(Result) check = COMMAND(folder, "check", "--json", "bad.scn");

    CU_ASSERT_EQUAL(run.status, 2);
    CU_ASSERT_EQUAL(check.status, 2);
    TEST_CONTAINS(run.err, "bad.scn:4:6: error: unknown node 'al'\n");
    CU_ASSERT_FATAL(json_parser_load_from_data(parser, run.out, -1, NULL));
    object = json_node_get_object(json_parser_get_root(parser));
    check_member(object, "scenario", "\"bad.scn\"");
    check_member(object, "status", "\"refused\"");
    error = json_array_get_object_element(json_object_get_array_member(object, "errors"), 0);
    check_member(error, "place", "\"bad.scn:4:6\"");
    check_member(error, "message", "\"unknown node 'al'\"");
    check_member(error, "line", "\"link al\"");
    check_member(error, "help", "\"write all\"");
    TEST_CONTAINS(check.out, "{\"scenario\":\"bad.scn\",\"status\":\"refused\",");
    folder_remove(folder);
}

static void
test_included(void)
{
    char *folder = folder_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *checks;

    g_free(folder_write(folder, "base.scn", "finally same_tip(all)\n"));
    g_free(folder_write(folder, "top.scn",
                        "scn 1 \"top\"\nduration 1m\nnode n\ninclude \"base.scn\"\n"
                        "finally height(n) >= 0\n"));
    g_auto(Result) text = COMMAND(folder, "run", "--trace", "off", "top.scn");
    g_auto(Result) json = COMMAND(folder, "run", "--trace", "off", "--json", "top.scn");
    g_auto(Result) check = COMMAND(folder, "check", "top.scn");

    TEST_CONTAINS(text.out, "  seed 1, 1 node, 0 links, 1m");
    TEST_CONTAINS(text.out, "  held     base.scn:1 finally same_tip(all)\n"
                            "  held     line 5    finally height(n) >= 0\n");
    TEST_CONTAINS(check.out, "  base.scn:1 finally same_tip(all)\n");
    CU_ASSERT_FATAL(json_parser_load_from_data(parser, json.out, -1, NULL));
    checks =
        json_object_get_array_member(json_node_get_object(json_parser_get_root(parser)), "checks");
    check_member(json_array_get_object_element(checks, 0), "file", "\"base.scn\"");
    check_member(json_array_get_object_element(checks, 1), "file", "\"top.scn\"");
    folder_remove(folder);
}

TEST_SUITE(run_json, {"the object", test_object}, {"refused", test_refused},
           {"included", test_included})
