/* A graph that is exported and read back is the same graph: each option of links, by the table of
 * the language, and what `topology file=` reads of nodes. A run from the export has the messages of
 * the run that was exported. */
#include "sim/scenario/option.h"
#include "tests/cli/command.h"

#include <string.h>

#define HEAD                                                                                       \
    "scn 1 \"round\"\nduration 2m\nchain spacing=5s\nwallet w funds=100\n"                         \
    "wallet v\nload rate=1/s from=w to=v amount=0.1 at=a1\n"
#define NODES "nodes a[1..3]\nnodes b[1..2]\n"
#define GRAPH                                                                                      \
    "topology line\nedge a1 a3\nedge b2 -> a1\n"                                                   \
    "link all latency=uniform(20ms, 300ms) rate=200kbps loss=0.03\n"

/* The messages of a run of this text, which is traced as NAME.db. */
static char *
messages_of(const char *folder, const char *name, const char *text)
{
    g_autofree char *file = g_strconcat(name, ".scn", NULL);
    g_autofree char *trace = g_strconcat(name, ".db", NULL);
    g_autofree char *path = folder_write(folder, file, text);
    g_auto(Result) run = COMMAND(folder, "run", file, "-q", "--trace", "full", "-o", trace);

    TEST_STR_EQUAL(run.err, "");
    CU_ASSERT_EQUAL_FATAL(run.status, 0);
    return folder_query(folder, trace,
                        "SELECT kind, src, dst, sent_ns, due_ns, fate, bytes FROM message"
                        " ORDER BY seq");
}

/* Runs a scenario, exports its graph, and runs it from there. Returns the messages. */
static char *
check_again(const char *nodes, const char *graph)
{
    char *folder = folder_new();
    g_autofree char *times = folder_write(folder, "times.csv", "ms\n30\n250\n20\n20\n");
    g_autofree char *other = folder_write(folder, "other.csv", "1ms\n400ms\n");
    g_autofree char *first = g_strconcat(HEAD, nodes, graph, NULL);
    char *was = messages_of(folder, "first", first);
    g_autofree char *is = NULL;

    for (int round = 0; round < 2; round++) { /* of a run from an export, too */
        g_auto(Result) export = COMMAND(folder, "export", round == 0 ? "first.db" : "again.db",
                                        "-f", "graphml", "-o", "net.graphml");

        TEST_STR_EQUAL(export.err, "");
        CU_ASSERT_EQUAL_FATAL(export.status, 0);
        g_free(is);
        is = messages_of(folder, "again", HEAD NODES "topology file=\"net.graphml\"\n");
        CU_ASSERT(strcmp(is, was) == 0);
        if (strcmp(is, was) != 0)
            printf("     lost on the way, in round %d: %s%s", round + 1, nodes, graph);
    }
    folder_remove(folder);
    return was;
}

/* Values of the options that are more than a number; NULL at the end of each. */
static const struct {
    const char *word;
    const char *values[10];
} special[] = {
    {"latency",
     {"3ms", "normal(50ms, 20ms)", "lognormal(80.000001ms, 0.512345678)", "exponential(30ms)",
      "pareto(20ms, 1.5)", "empirical(\"times.csv\")", NULL}},
    {"loss", {"20%", "gilbert(good=1%, bad=90%, to-bad=20%, to-good=30%)", NULL}},
};

/* A value that is not the default, by the row's kind; to be freed. NULL: look at `special`. */
static char *
other_value(const ScnOptRow *row)
{
    g_auto(GStrv) words = NULL;

    switch (row->spec.kind) {
    case SCN_OPT_TIME:
        return g_strdup("123456789ns");
    case SCN_OPT_SIZE:
        return g_strdup("100B");
    case SCN_OPT_RATE:
        return g_strdup("30001bps");
    case SCN_OPT_SHARE:
        return g_strdup("12.3456789%");
    case SCN_OPT_FLAG:
        words = g_strsplit(row->spec.words, " ", -1);
        return g_strdup(words[strcmp(words[0], row->standard) == 0]);
    default:
        return NULL;
    }
}

static void
check_option(const char *word, const char *value, const char *without)
{
    g_autofree char *graph = g_strdup_printf(GRAPH "link a1 -> a2 %s=%s\nlink a2 <-> a3 %s=%s\n",
                                             word, value, word, value);
    g_autofree char *with = check_again(NODES, graph);

    CU_ASSERT(strcmp(with, without) != 0); /* else the scenario cannot tell */
    if (strcmp(with, without) == 0)
        printf("     %s=%s changes no message here\n", word, value);
}

static void
test_link_options(void)
{
    g_autofree char *without = check_again(NODES, GRAPH);

    for (guint i = 0; i < scn_link_options.count; i++) {
        const ScnOptRow *row = &scn_link_options.rows[i];
        g_autofree char *value = other_value(row);
        guint s = 0;

        if (value != NULL) {
            check_option(row->spec.name, value, without);
            continue;
        }
        while (s < G_N_ELEMENTS(special) && strcmp(special[s].word, row->spec.name) != 0)
            s++;
        CU_ASSERT_FATAL(s < G_N_ELEMENTS(special)); /* a new one needs values here */
        for (guint v = 0; special[s].values[v] != NULL; v++)
            check_option(row->spec.name, special[s].values[v], without);
    }
}

static void
test_two_tables(void)
{
    g_autofree char *messages =
        check_again(NODES, GRAPH "link a1 -> a2 latency=empirical(\"times.csv\")\n"
                                 "link a2 <-> a3 latency=empirical(\"other.csv\")\n");

    CU_ASSERT(strlen(messages) > 0);
}

static void
test_nodes(void)
{
    g_autofree char *rates =
        check_again("nodes a[1..3] region=\"New <York>\" uplink=100kbps\nnodes b[1..2] region=eu "
                    "downlink=90001bps\n",
                    GRAPH);
    g_autofree char *regions = check_again("nodes a[1..3] region=eu\nnodes b[1..2] region=na\n",
                                           "topology mesh\nlink region(eu) latency=5ms\nlink "
                                           "region(na) <-> region(eu) latency=77ms\n");

    CU_ASSERT(strlen(rates) > 0 && strlen(regions) > 0);
}

/* Announcements go without acknowledgement where all links are streams, there and here. */
static void
test_streams(void)
{
    g_autofree char *messages = check_again(NODES, GRAPH "link all transport=stream\n");

    CU_ASSERT_PTR_NULL(strstr(messages, "ack|"));
}

TEST_SUITE(round_trip, {"each option of links", test_link_options},
           {"two tables of times", test_two_tables}, {"nodes", test_nodes},
           {"streams", test_streams})
