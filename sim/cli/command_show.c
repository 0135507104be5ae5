/* kettensim show: shows the world of a trace at a moment, or the life of a block or transaction. */
#include "sim/cli/command.h"
#include "sim/cli/show.h"

#include <string.h>

#define HASH_PREFIX_MIN 4

#define usage(...) command_usage("show", __VA_ARGS__)

typedef struct {
    char *at, *node, *follow;
    gboolean json;
    char *path;
} Words;

static void
words_clear(Words *words)
{
    g_free(words->at);
    g_free(words->node);
    g_free(words->follow);
}

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"at", 0, 0, G_OPTION_ARG_STRING, &words->at,
         "Show this moment, in virtual time (default: the end)", "TIME"},
        {"follow", 0, 0, G_OPTION_ARG_STRING, &words->follow,
         "Show the life of a block or transaction: its name in the scenario, or the first digits "
         "of its hash",
         "WHAT"},
        {"node", 0, 0, G_OPTION_ARG_STRING, &words->node, "Show only what concerns this node",
         "NAME"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &words->json, "Print one JSON object", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("TRACE.db");

    g_option_context_set_summary(
        context,
        "Shows the world of a trace at a moment: faults in force, the tree of blocks and which\n"
        "node is where, messages in flight, mempools. Or shows the life of a block or "
        "transaction.");
    g_option_context_set_description(
        context, "The output says what the trace lacks: messages need --trace full, tips --trace "
                 "consensus.\n\n"
                 "Examples:\n"
                 "  kettensim run scenarios/partition_heal.scn --trace full\n"
                 "  kettensim show out/partition_heal.db --at 19m30s\n"
                 "  kettensim show out/partition_heal.db --at 19m30s --node b4 --json\n"
                 "  kettensim run scenarios/forks/tie_keeps_first.scn\n"
                 "  kettensim show out/tie_keeps_first.db --follow b2\n"
                 "  kettensim run scenarios/forks/mempool_return.scn\n"
                 "  kettensim show out/mempool_return.db --follow pay\n\n"
                 "Exit status: 0; 2 usage, or a file that is no trace.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

/* Returns an exit status, or -1 to go on. */
static int
parse_words(Words *words, int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_new(words);

    if (!command_parse("show", context, &argc, &argv))
        return EXIT_USAGE;
    if (argc != 2)
        return usage("one trace is due, and %d came", argc - 1);
    if (words->at != NULL && words->follow != NULL)
        return usage("--at and --follow are two questions: ask one of them");
    words->path = argv[1];
    return -1;
}

/* --- what is asked for -------------------------------------------------------------------- */

static bool
parse_time(const char *text, SimTime end, SimTime *ret_time)
{
    char last[SIM_TIME_TEXT];

    if (!command_time("show", "--at", text, ret_time))
        return false;
    if (*ret_time > end)
        return usage("--at '%s' is after the end: the run ended at %s", text,
                     sim_time_format(last, end)),
               false;
    return true;
}

static bool
find_node(const SimTraceReader *reader, const char *name, uint32_t *ret_node)
{
    *ret_node = UINT32_MAX;
    if (name == NULL)
        return true;
    *ret_node = sim_trace_reader_find_node(reader, name);
    if (*ret_node == UINT32_MAX)
        usage("there is no node '%s' in this trace", name);
    return *ret_node != UINT32_MAX;
}

/* Exactly one is valid; the other is UINT32_MAX. */
typedef struct {
    uint32_t block, tx;
} Found;

/* Finds a block or transaction by name. Call before find_hash(): a name may look like a prefix of a
 * hash. */
static bool
find_name(const SimTraceReader *reader, const char *what, Found *ret_found)
{
    for (uint32_t i = 0; i < sim_trace_reader_block_count(reader); i++) {
        if (g_strcmp0(sim_trace_reader_block(reader, i)->name, what) == 0) {
            *ret_found = (Found){i, UINT32_MAX};
            return true;
        }
    }
    for (uint32_t i = 0; i < sim_trace_reader_tx_count(reader); i++) {
        if (g_strcmp0(sim_trace_reader_tx(reader, i)->name, what) == 0) {
            *ret_found = (Found){UINT32_MAX, i};
            return true;
        }
    }
    return false;
}

/* Returns the number of hashes with the prefix; sets *ret_found to the last one. */
static uint32_t
find_hash(const SimTraceReader *reader, const char *prefix, Found *ret_found)
{
    gsize length = strlen(prefix);
    uint32_t hits = 0;

    for (uint32_t i = 0; i < sim_trace_reader_block_count(reader); i++) {
        if (strncmp(sim_trace_reader_block(reader, i)->hash, prefix, length) == 0) {
            *ret_found = (Found){i, UINT32_MAX};
            hits++;
        }
    }
    for (uint32_t i = 0; i < sim_trace_reader_tx_count(reader); i++) {
        if (strncmp(sim_trace_reader_tx(reader, i)->hash, prefix, length) == 0) {
            *ret_found = (Found){UINT32_MAX, i};
            hits++;
        }
    }
    return hits;
}

static bool
find_by_name_or_hash(const SimTraceReader *reader, const char *what, Found *ret_found)
{
    g_autofree char *prefix = g_ascii_strdown(what, -1);
    uint32_t hits = 0;

    if (find_name(reader, what, ret_found))
        return true;
    if (strlen(prefix) >= HASH_PREFIX_MIN)
        hits = find_hash(reader, prefix, ret_found);
    if (hits > 1)
        usage("'%s' fits %u hashes: write more of it", what, hits);
    else if (hits == 0)
        usage("no block or transaction is called '%s' or has a hash that begins so (%d digits at "
              "least)",
              what, HASH_PREFIX_MIN);
    return hits == 1;
}

/* --- showing ------------------------------------------------------------------------------ */

static int
show_followed(SimTraceReader *reader, const Show *show, const Words *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) steps = NULL;
    Found found = {UINT32_MAX, UINT32_MAX};

    if (!find_by_name_or_hash(reader, words->follow, &found))
        return EXIT_USAGE;
    steps = found.tx == UINT32_MAX ? sim_block_life(reader, found.block, &error)
                                   : sim_tx_life(reader, found.tx, &error);
    if (steps == NULL)
        return usage("%s", error->message);
    if (found.tx == UINT32_MAX)
        (words->json ? show_life_json : show_life)(show, found.block, steps);
    else
        (words->json ? show_tx_life_json : show_tx_life)(show, found.tx, steps);
    return command_flush("show", 0);
}

static int
look_at(SimTraceReader *reader, const Show *show, const Words *words)
{
    g_autoptr(GError) error = NULL;
    g_auto(SimMoment) moment = {.at = 0};
    SimTime at = sim_trace_reader_head(reader)->end_ns;

    if (words->at != NULL && !parse_time(words->at, at, &at))
        return EXIT_USAGE;
    if (!sim_moment_read(reader, at, &moment, &error))
        return usage("%s", error->message);
    if (words->json)
        show_moment_json(show, &moment);
    else
        show_moment(show, &moment);
    return command_flush("show", 0);
}

static int
show_trace(const Words *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimTraceReader) reader = sim_trace_reader_open(words->path, &error);
    Show show = {.out = stdout, .reader = reader};

    if (reader == NULL)
        return usage("%s", error->message);
    if (!find_node(reader, words->node, &show.node))
        return EXIT_USAGE;
    return words->follow ? show_followed(reader, &show, words) : look_at(reader, &show, words);
}

int
command_show(int argc, char **argv)
{
    Words words = {.path = NULL};
    int status = parse_words(&words, argc, argv);

    if (status < 0)
        status = show_trace(&words);
    words_clear(&words);
    return status;
}
