/* kettensim check: what it says of a scenario, its warnings, and its exit statuses. */
#include "tests/cli/command.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define WORLD                                                                                      \
    "scn 1 \"a world\"\nparam long = 1m in 10s..5m \"how long\"\nparam word = fixed\n"             \
    "duration 10m\nnodes n[1..5] region=eu\nnode lone role=full region=us\n"                       \
    "topology none\nedge n1 n[2..4]\nedge n4 n5 latency=9ms\n"                                     \
    "at 5m\n  mine 1 at n2 maybe\n  expect same_tip(n[*])\nend\n"                                  \
    "at 20m mine 1 at n1 maybe\n"                                                                  \
    "at $long   mark   h = height(n1)    # a comment\n"                                            \
    "every 2m from 4m until 7m mine 1 at n1\nwhen height(n1)  >= 3 mine 1 at n5\n"                 \
    "always supply_ok(all) from 11m\nfinally mined(all) > 0\n"

static void
test_text(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "w.scn", WORLD));
    g_auto(Result) result = COMMAND(folder, "check", "w.scn");

    CU_ASSERT_EQUAL(result.status, 0);
    TEST_STR_EQUAL(result.err, "");
    TEST_CONTAINS(result.out, "a world\n  w.scn, seed 1, 10m of virtual time\n");
    TEST_CONTAINS(result.out, "nodes     6: 5 miner, 1 full\n");
    TEST_CONTAINS(result.out, "links     4\n");
    TEST_CONTAINS(result.out, "degree    0 to 3, mean 1.333\n");
    TEST_CONTAINS(result.out, "diameter  3\n");
    TEST_CONTAINS(result.out, "parts     2\n");
    TEST_CONTAINS(result.out, "regions   eu 5, us 1\n");
    TEST_CONTAINS(result.out, "6 ways: latency 50ms\n            2 ways: latency 9ms\n");
    TEST_CONTAINS(result.out, "  1m           line 15   mark h = height(n1)\n"
                              "  every 2m from 4m until 7m line 16   mine 1 at n1\n"
                              "  5m           line 11   mine 1 at n2 maybe\n");
    TEST_CONTAINS(result.out, "when height(n1) >= 3 line 17   mine 1 at n5\n");
    TEST_CONTAINS(result.out, "  line 19   finally mined(all) > 0\n");
    TEST_CONTAINS(result.out, "  long = 1m in 10s..5m  how long\n  word = fixed\n");
    TEST_CONTAINS(result.out, "warning: the network is not connected: it falls into 2 parts, and 1 "
                              "node has no link\n");
    TEST_CONTAINS(result.out, "warning: w.scn:14: this never comes: it is after the end");
    TEST_CONTAINS(result.out, "warning: w.scn:18: this check never begins");
    folder_remove(folder);
}

/* Who knows an upgrade from the start, and when it holds. */
static void
test_upgrades(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "u.scn",
                        "scn 1 \"versions\"\nduration 10m\nnodes a[1..3]\nnode b without=small\n"
                        "upgrade small at-height=10 max-block=1kB\n"
                        "upgrade later at-height=40 signal=75% signal-window=20 maturity=5\n"
                        "finally height(a1) > 0\n"));
    {
        g_auto(Result) text = COMMAND(folder, "check", "u.scn");
        g_auto(Result) json = COMMAND(folder, "check", "--json", "u.scn");

        TEST_CONTAINS(text.out, "upgrade   small from height 10: 3 of 4 nodes know it\n");
        TEST_CONTAINS(text.out, "later from height 40 or later, by signals: 4 of 4 nodes");
        TEST_CONTAINS(json.out, "\"upgrades\":[{\"name\":\"small\",\"at_height\":10,"
                                "\"by_signals\":false,\"nodes\":3},{\"name\":\"later\","
                                "\"at_height\":40,\"by_signals\":true,\"nodes\":4}]");
    }
    folder_remove(folder);
}

static void
test_json(void)
{
    char *folder = folder_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *object, *param;

    g_free(folder_write(folder, "w.scn", WORLD));
    g_auto(Result) result = COMMAND(folder, "check", "--json", "-P", "long=2m", "w.scn");

    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_FATAL(json_parser_load_from_data(parser, result.out, -1, NULL));
    object = json_node_get_object(json_parser_get_root(parser));
    CU_ASSERT_EQUAL(json_object_get_int_member(object, "nodes"), 6);
    CU_ASSERT_EQUAL(json_object_get_int_member(object, "links"), 4);
    CU_ASSERT_EQUAL(json_object_get_int_member(object, "diameter"), 3);
    CU_ASSERT(json_object_get_boolean_member(object, "diameter_exact"));
    CU_ASSERT_EQUAL(json_object_get_int_member(object, "parts"), 2);
    CU_ASSERT_EQUAL(
        json_object_get_int_member(json_object_get_object_member(object, "degree"), "max"), 3);
    CU_ASSERT_EQUAL(
        json_object_get_int_member(json_object_get_object_member(object, "regions"), "eu"), 5);
    CU_ASSERT_EQUAL(json_array_get_length(json_object_get_array_member(object, "link_classes")), 2);
    CU_ASSERT_EQUAL(json_array_get_length(json_object_get_array_member(object, "timeline")), 6);
    CU_ASSERT_EQUAL(json_array_get_length(json_object_get_array_member(object, "checks")), 3);
    CU_ASSERT_EQUAL(json_array_get_length(json_object_get_array_member(object, "warnings")), 5);
    param = json_array_get_object_element(json_object_get_array_member(object, "params"), 0);
    TEST_STR_EQUAL(json_object_get_string_member(param, "default"), "1m");
    TEST_STR_EQUAL(json_object_get_string_member(param, "value"), "2m");
    TEST_STR_EQUAL(json_object_get_string_member(param, "high"), "5m");
    folder_remove(folder);
}

static void
test_files(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "w.scn", WORLD));
    g_free(folder_write(folder, "bad.scn", "scn 1 \"bad\"\nduration 1m\nnodes n[1..3]\nlink al\n"));
    g_free(folder_write(folder, "apart.scn",
                        "scn 1 \"apart\"\nduration 1m\nnodes n[1..300]\ntopology random p=0\n"));
    g_auto(Result) some = COMMAND(folder, "check", "-q", "bad.scn", "w.scn", "apart.scn");
    g_auto(Result) params = COMMAND(folder, "check", "--list-params", "w.scn");
    g_auto(Result) none = COMMAND(folder, "check");
    g_auto(Result) both = COMMAND(folder, "check", "--json", "--list-params", "w.scn");
    g_auto(Result) missing = COMMAND(folder, "check", "no.scn");

    CU_ASSERT_EQUAL(some.status, 2); /* and those after it are looked at */
    TEST_STR_EQUAL(some.out, "");
    TEST_CONTAINS(some.err, "bad.scn:4:6: error: unknown");
    TEST_CONTAINS(some.err, "w.scn: warning: the network is not connected");
    TEST_CONTAINS(some.err, "kettensim check: apart.scn:4:1: none of the graphs drawn");
    CU_ASSERT_EQUAL(params.status, 0);
    TEST_STR_EQUAL(params.out, "  long = 1m in 10s..5m  how long\n  word = fixed\n");
    CU_ASSERT_EQUAL(none.status, 2);
    TEST_CONTAINS(none.err, "no scenario");
    CU_ASSERT_EQUAL(both.status, 2);
    CU_ASSERT_EQUAL(missing.status, 2);
    TEST_CONTAINS(missing.err, "cannot read no.scn");
    folder_remove(folder);
}

TEST_SUITE(check, {"text", test_text}, {"upgrades", test_upgrades}, {"json", test_json},
           {"files", test_files})
