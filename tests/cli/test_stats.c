/* `run --stats`: what it counts adds up, and what must not grow with a run does not. */
#include "tests/cli/command.h"

#include <json-glib/json-glib.h>

#define FLOOD                                                                                      \
    "scn 1 \"flood\"\nparam blocks = 200\nduration ($blocks * 10s)\nnodes n[1..30]\n"              \
    "protocol relay=inventory sync=off keepalive=off\ntopology outbound k=4\n"                     \
    "link all latency=20ms transport=stream\n"

typedef struct {
    JsonParser *parser;
    JsonObject *stats;
} Told;

static Told
told(const char *folder, const char *blocks)
{
    g_autofree char *param = g_strconcat("blocks=", blocks, NULL);
    g_auto(Result) result =
        COMMAND(folder, "run", "f.scn", "-P", param, "--trace", "off", "--stats", "--json");
    Told told = {.parser = json_parser_new()};

    CU_ASSERT_EQUAL_FATAL(result.status, 0);
    CU_ASSERT_TRUE_FATAL(json_parser_load_from_data(told.parser, result.out, -1, NULL));
    told.stats = json_object_get_object_member(
        json_node_get_object(json_parser_get_root(told.parser)), "stats");
    CU_ASSERT_PTR_NOT_NULL_FATAL(told.stats);
    return told;
}

static gint64
bytes(const Told *told, const char *name)
{
    CU_ASSERT_TRUE_FATAL(json_object_has_member(told->stats, name));
    return json_object_get_int_member(told->stats, name);
}

static void
test_sum(void)
{
    static const char *const parts[] = {"nodes",   "hosts", "links",  "known", "views", "mempools",
                                        "waiting", "store", "ledger", "queue", "other"};
    char *folder = folder_new();
    gint64 sum = 0;
    Told t;

    g_free(folder_write(folder, "f.scn", FLOOD));
    t = told(folder, "200");
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        sum += bytes(&t, parts[i]);
    CU_ASSERT_EQUAL(sum, bytes(&t, "heap"));
    CU_ASSERT(bytes(&t, "peak") > bytes(&t, "heap"));
    CU_ASSERT(bytes(&t, "nodes") > 30 * 500);
    CU_ASSERT(bytes(&t, "store") > 150 * 400);
    CU_ASSERT(bytes(&t, "messages") > 30 * 150);
    {
        g_auto(Result) text = COMMAND(folder, "run", "f.scn", "--trace", "off", "--stats", "-q");

        TEST_CONTAINS(text.out, "Memory and time\n  nodes ");
        TEST_CONTAINS(text.out, "bytes a node with its view");
    }
    g_object_unref(t.parser);
    folder_remove(folder);
}

/* Ten times the blocks: no node keeps more for it, and of the past the ledger keeps a little a
 * block, whatever the number of nodes. */
static void
test_flat(void)
{
    char *folder = folder_new();
    Told few, many;

    g_free(folder_write(folder, "f.scn", FLOOD));
    few = told(folder, "300");
    many = told(folder, "3000");
    CU_ASSERT(bytes(&many, "views") <= bytes(&few, "views") * 3 / 2);
    CU_ASSERT(bytes(&many, "known") <= bytes(&few, "known"));
    CU_ASSERT(bytes(&many, "nodes") == bytes(&few, "nodes"));
    CU_ASSERT(bytes(&many, "queue") <= bytes(&few, "queue") * 3 / 2);
    CU_ASSERT(bytes(&many, "ledger") - bytes(&few, "ledger") < 2700 * 400);
    CU_ASSERT(bytes(&many, "store") - bytes(&few, "store") < 2700 * 900);
    g_object_unref(few.parser);
    g_object_unref(many.parser);
    folder_remove(folder);
}

TEST_SUITE(stats, {"parts add up", test_sum}, {"a long run is flat", test_flat})
