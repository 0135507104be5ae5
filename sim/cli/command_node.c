/* kettensim node: one node of a scenario, in a process of its own, on real sockets. */
#include "sim/cli/command.h"

#include "sim/cli/refusal.h"
#include "sim/io/text.h"
#include "sim/live/control.h"
#include "sim/live/event.h"
#include "sim/run/build.h"
#include "sim/world/observe.h"

#include <glib-unix.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

typedef struct {
    char *name, *listen, *chain, *data, *mine, *speed, *epoch, *seed;
    char **params, **peers, **expect;
    gboolean log, hold;
    GInetSocketAddress *address;
    ScnScenario *scenario;
    LiveClock clock;
    gint64 epoch_s; /* Unix time at which the chain's time is 0 */
} Words;

#define TIME_MAX_YEARS 50 /* of a chain; times are 64-bit ns, and block times end in 2106 */
#define TIME_MAX_S (INT64_C(31557600) * TIME_MAX_YEARS)

#define usage(...) command_usage("node", __VA_ARGS__)

/* --- words -------------------------------------------------------------------------------- */

static void
words_clear(Words *words)
{
    g_free(words->name);
    g_free(words->listen);
    g_free(words->chain);
    g_free(words->data);
    g_free(words->mine);
    g_free(words->speed);
    g_free(words->epoch);
    g_free(words->seed);
    g_strfreev(words->params);
    g_strfreev(words->peers);
    g_strfreev(words->expect);
    g_clear_object(&words->address);
    g_clear_pointer(&words->scenario, scn_scenario_free);
}

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"chain", 0, 0, G_OPTION_ARG_FILENAME, &words->chain,
         "The scenario whose chain, wallets and nodes these are", "FILE.scn"},
        {"name", 0, 0, G_OPTION_ARG_STRING, &words->name, "Which of its nodes this is", "NAME"},
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &words->data,
         "Keep the node's records in this folder, and its control socket", "DIR"},
        {"listen", 0, 0, G_OPTION_ARG_STRING, &words->listen,
         "Accept connections here (default: 127.0.0.1 and the node's port in the scenario)",
         "ADDR:PORT"},
        {"peer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->peers,
         "Keep a connection to this node open (repeatable)", "ADDR:PORT"},
        {"expect", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->expect,
         "Connections from this address are standing ones, under no limit (repeatable)", "ADDR"},
        {"mine", 0, 0, G_OPTION_ARG_STRING, &words->mine,
         "Mine with this share of the hash power, as in 30% or 1/3 (default: not at all)", "SHARE"},
        {"speed", 0, 0, G_OPTION_ARG_STRING, &words->speed,
         "How fast the chain's time passes: 60 makes a minute a second (default: 1)", "N"},
        {"epoch", 0, 0, G_OPTION_ARG_STRING, &words->epoch,
         "The Unix time at which the chain's time is 0 (default: the chain's genesis time); the "
         "same for all nodes",
         "SECONDS"},
        {"param", 'P', 0, G_OPTION_ARG_STRING_ARRAY, &words->params,
         "Set a parameter of the scenario (repeatable)", "NAME=VALUE"},
        {"seed", 0, 0, G_OPTION_ARG_STRING, &words->seed,
         "Use this seed, not the file's: accounts and the chain's seal depend on it", "N"},
        {"hold", 0, 0, G_OPTION_ARG_NONE, &words->hold,
         "Wait for 'begin' on the control socket, which says when the chain's time is 0", NULL},
        {"log", 0, 0, G_OPTION_ARG_NONE, &words->log, "Print one line an event on stderr", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new(NULL);

    g_option_context_set_summary(context, "Runs one node of a scenario on real sockets.");
    g_option_context_set_description(
        context,
        "The node is the code that a simulation runs, with a real clock, TCP and a log on disk.\n"
        "It goes on until SIGTERM, Ctrl-C or 'kettensim node-ctl DIR stop'.\n\n"
        "Examples:\n"
        "  kettensim node --chain scenarios/three_nodes.scn --name alice --data /tmp/alice\n"
        "  kettensim node --chain scenarios/three_nodes.scn --name bob --data /tmp/bob \\\n"
        "    --peer 127.0.0.1:8001 --log\n"
        "  kettensim node-ctl /tmp/alice mine 1\n\n"
        "Exit status: 0 it was told to end; 2 usage or scenario error, or the address or the\n"
        "folder cannot be had; 4 the disk is full.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

/* Decides which time it is: the time since the epoch, at the speed. */
static bool
parse_clock(Words *words)
{
    guint64 epoch = (guint64)words->scenario->chain.genesis_time;
    gint64 since_s;

    words->clock.speed = LIVE_SPEED_UNIT;
    if (words->speed != NULL && !live_clock_parse_speed(words->speed, &words->clock.speed)) {
        usage("--speed '%s' is no number from 0.001 to 1000", words->speed);
        return false;
    }
    if (words->epoch != NULL &&
        !g_ascii_string_to_unsigned(words->epoch, 10, 0, G_MAXUINT32, &epoch, NULL)) {
        usage("--epoch '%s' is no Unix time in seconds", words->epoch);
        return false;
    }
    words->epoch_s = (gint64)epoch;
    since_s = g_get_real_time() / G_USEC_PER_SEC - words->epoch_s;
    if (!words->hold && since_s < 0) {
        usage("the chain's time begins in the future, at %" G_GINT64_FORMAT
              " s: say with --epoch when it does",
              words->epoch_s);
        return false;
    }
    if (!words->hold && since_s / LIVE_SPEED_UNIT * words->clock.speed > TIME_MAX_S) {
        usage("at this speed the chain would be more than %d years old: say with --epoch when its "
              "time began, the same for all nodes, as in --epoch $(date +%%s)",
              TIME_MAX_YEARS);
        return false;
    }
    return true;
}

static bool
parse_scenario(Words *words)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    ScnOptions options = {.overrides = (const char *const *)words->params,
                          .seed_given = words->seed != NULL};

    if (!command_seed("node", words->seed, &options.seed))
        return false;
    words->scenario = scn_parse_file(words->chain, &options, errors);
    if (words->scenario == NULL)
        refusal_print(words->chain, errors, REFUSAL_TEXT);
    return words->scenario != NULL;
}

/* Returns whether every text is an address, with a port if `with_port`. */
static bool
are_addresses(char **texts, const char *option, bool with_port)
{
    for (; texts != NULL && *texts != NULL; texts++) {
        g_autoptr(GInetSocketAddress) address = with_port ? live_address_parse(*texts) : NULL;
        g_autoptr(GInetAddress) host = with_port ? NULL : g_inet_address_new_from_string(*texts);

        if (address == NULL && host == NULL) {
            usage("%s '%s' is no IP address%s", option, *texts,
                  with_port ? " and port, as in 127.0.0.1:8001" : ", as in 127.0.0.1");
            return false;
        }
    }
    return true;
}

static bool
parse_addresses(Words *words, guint32 node)
{
    const ScnNode *scn = &g_array_index(words->scenario->nodes, ScnNode, node);
    g_autofree char *own = g_strdup_printf("127.0.0.1:%u", scn->port != 0 ? scn->port : 8001);
    const char *listen = words->listen != NULL ? words->listen : own;

    words->address = live_address_parse(listen);
    if (words->address == NULL) {
        usage("--listen '%s' is no IP address and port, as in 127.0.0.1:8001", listen);
        return false;
    }
    return are_addresses(words->peers, "--peer", true) &&
           are_addresses(words->expect, "--expect", false);
}

#define NAMES_SHOWN 12

static char *
list_names(const ScnScenario *scenario)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < MIN(scenario->nodes->len, NAMES_SHOWN); i++)
        g_string_append_printf(out, "%s%s", i > 0 ? ", " : "",
                               g_array_index(scenario->nodes, ScnNode, i).name);
    if (scenario->nodes->len > NAMES_SHOWN)
        g_string_append(out, " …");
    return g_string_free(out, FALSE);
}

static bool
parse_words(Words *words, int argc, char **argv, guint32 *ret_node)
{
    g_autoptr(GOptionContext) context = context_new(words);

    if (!command_parse("node", context, &argc, &argv))
        return false;
    if (argc != 1 || words->chain == NULL || words->name == NULL || words->data == NULL) {
        usage(argc != 1 ? "'%s' is one word too many" : "--chain, --name and --data are needed%s",
              argc != 1 ? argv[1] : "");
        return false;
    }
    if (!parse_scenario(words) || !parse_clock(words))
        return false;
    *ret_node = scn_scenario_find_node(words->scenario, words->name);
    if (*ret_node == SCN_NONE) {
        g_autofree char *names = list_names(words->scenario);

        usage("%s has no node '%s': it has %s", words->chain, words->name, names);
        return false;
    }
    return parse_addresses(words, *ret_node);
}

/* Reads "30%", "0.3" or "1/3". */
static bool
parse_share(const char *text, uint64_t *ret_num, uint64_t *ret_den)
{
    ScnQuantity share;
    guint64 num, den;
    const char *slash = strchr(text, '/');
    g_autofree char *before = slash != NULL ? g_strndup(text, (gsize)(slash - text)) : NULL;

    if (slash != NULL) {
        if (!g_ascii_string_to_unsigned(before, 10, 0, G_MAXUINT32, &num, NULL) ||
            !g_ascii_string_to_unsigned(slash + 1, 10, 1, G_MAXUINT32, &den, NULL) || num > den)
            return false;
        *ret_num = num;
        *ret_den = den;
        return true;
    }
    if (!scn_quantity_read(text, &share) || share.dim != SCN_DIM_NUMBER || share.value < 0 ||
        share.value > SCN_ONE)
        return false;
    *ret_num = (uint64_t)(share.value / (SCN_ONE / 1000000000));
    *ret_den = 1000000000;
    return true;
}

/* --- the node ----------------------------------------------------------------------------- */

typedef struct {
    const Words *words;
    SimWorld *world; /* what the scenario says of chain, accounts and nodes; it never starts */
    guint32 index;
    LiveNode *node;
    LiveControl *control;
    GMainLoop *loop;
    LiveClock clock;
    uint64_t num, den; /* its share of the hash power */
    bool has_begun, discovers;
    int status;
} Process;

static void
end(void *user)
{
    g_main_loop_quit(((Process *)user)->loop);
}

static gboolean
on_signal(gpointer data)
{
    end(data);
    return G_SOURCE_CONTINUE;
}

static void
on_failed(void *user, const GError *error)
{
    Process *process = user;

    usage("%s", error->message);
    process->status =
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ? EXIT_LIMIT : EXIT_USAGE;
    g_main_loop_quit(process->loop);
}

static KetteTx *
find_tx(void *user, const char *name)
{
    const Process *process = user;

    for (uint32_t i = 0; i < sim_world_tx_count(process->world); i++) {
        if (strcmp(sim_world_tx_name(process->world, i), name) == 0)
            return sim_world_tx(process->world, i);
    }
    return NULL;
}

static void start(Process *process);

static bool
begin(void *user, int64_t zero_ns)
{
    Process *process = user;

    if (process->has_begun)
        return false;
    process->clock.zero_ns = zero_ns;
    start(process);
    return true;
}

/* Returns the clock; with --hold it stands at 0 until the node begins. */
static LiveClock
clock_of(const Words *words)
{
    LiveClock clock = words->clock;
    int64_t since_ns = g_get_real_time() * 1000 - words->epoch_s * INT64_C(1000000000);

    clock.zero_ns = words->hold ? INT64_MAX : live_clock_monotonic_ns() - since_ns;
    return clock;
}

static bool
make_node(Process *process, GError **error)
{
    const Words *words = process->words;
    const KetteNode *plan = sim_world_node(process->world, process->index);
    LiveNodeSpec spec = {
        .folder = words->data,
        .store = kette_chain_store(kette_node_chain(plan)),
        .config = *kette_node_config(plan),
        .clock = &process->clock,
        .listen = words->address,
        .failed = on_failed,
        .user = process,
    };

    process->clock = clock_of(words);
    process->discovers = spec.config.discovery;
    spec.config.miner = sim_world_miner_address(process->world, process->index);
    if (spec.config.port != 0)
        spec.config.port = g_inet_socket_address_get_port(words->address);
    process->node = live_node_new(&spec, error);
    return process->node != NULL;
}

/* Prints a line as `kettensim run --log` does. */
static void
on_note(void *user, const KetteNote *note, const char *from, int64_t now_ns)
{
    const Process *process = user;
    const KetteHash *id = note->id      ? note->id
                          : note->tx    ? &note->tx->id
                          : note->entry ? &note->entry->id
                                        : NULL;
    char at[SIM_TIME_TEXT], hash[KETTE_HASH_HEX] = "";
    GString *text = g_string_new(NULL);

    if (id != NULL)
        kette_hash_to_hex(hash, id);
    g_string_append_printf(text, "%.*s", IO_HASH_DIGITS, hash);
    if (note->entry != NULL)
        g_string_append_printf(text, " height %" PRIu64, note->entry->height);
    if (note->kind == KETTE_NOTE_TIP && note->old_tip != note->fork)
        g_string_append_printf(text, " (%" PRIu64 " out)",
                               note->old_tip->height - note->fork->height);
    if (note->kind == KETTE_NOTE_REFUSED)
        g_string_append_printf(text, " refused: %s", kette_verdict_name(note->verdict));
    if (from != NULL)
        g_string_append_printf(text, "%sfrom %s", text->len > 0 ? " " : "", from);
    if (note->kind == KETTE_NOTE_BANNED)
        g_string_append_printf(text, ": %s", note->reason);
    io_print(stderr, "%18s  %-8s %-12s %s\n", sim_time_format(at, now_ns), process->words->name,
             live_event_name(note->kind), text->str);
    g_string_free(text, TRUE);
}

static bool
make_control(Process *process, GError **error)
{
    const KetteNode *plan = sim_world_node(process->world, process->index);
    const LiveControlSpec spec = {
        .name = process->words->name,
        .node = process->node,
        .store = kette_chain_store(kette_node_chain(plan)),
        .find_tx = find_tx,
        .begin = begin,
        .stop = end,
        .user = process,
    };

    process->control = live_control_new(process->words->data, &spec, error);
    return process->control != NULL;
}

static void
connect_all(const Process *process)
{
    for (char **text = process->words->expect; text != NULL && *text != NULL; text++) {
        g_autoptr(GInetAddress) host = g_inet_address_new_from_string(*text);

        live_node_expect(process->node, host);
    }
    for (char **text = process->words->peers; text != NULL && *text != NULL; text++) {
        g_autoptr(GInetSocketAddress) address = live_address_parse(*text);

        if (process->discovers) {
            KettePeerAddress known = live_address_to_core(address);

            kette_node_add_address(live_node_core(process->node), &known);
        }
        (void)live_node_connect(process->node, address);
    }
}

/* Starts the node and its connections. */
static void
start(Process *process)
{
    process->has_begun = true;
    live_node_start(process->node);
    connect_all(process);
    live_node_set_share(process->node, process->num, process->den);
}

static void
tell_start(const Process *process)
{
    g_autofree char *address = live_address_text(process->words->address);
    const KetteEntry *tip = kette_chain_tip(kette_node_chain(live_node_core(process->node)));

    io_print(stdout, "%s at height %" PRIu64 " listens on %s; data in %s\n", process->words->name,
             tip->height, address, process->words->data);
    (void)fflush(stdout);
}

static int
run_node(Process *process)
{
    g_autoptr(GError) error = NULL;
    guint terminated, interrupted;

    if (!make_node(process, &error) || !make_control(process, &error)) {
        usage("%s", error->message);
        return EXIT_USAGE;
    }
    if (process->words->log)
        live_node_watch(process->node, &(LiveWatch){process, on_note});
    signal(SIGPIPE, SIG_IGN); /* these become errors of the write */
    signal(SIGXFSZ, SIG_IGN);
    terminated = g_unix_signal_add(SIGTERM, on_signal, process);
    interrupted = g_unix_signal_add(SIGINT, on_signal, process);
    if (!process->words->hold)
        start(process);
    tell_start(process);
    g_main_loop_run(process->loop);
    g_source_remove(terminated);
    g_source_remove(interrupted);
    return process->status;
}

int
command_node(int argc, char **argv)
{
    Words words = {.name = NULL};
    Process process = {.words = &words, .den = 1};
    g_autoptr(GError) error = NULL;
    const SimBuildOptions options = {.isolate = true};
    int status = EXIT_USAGE;

    if (parse_words(&words, argc, argv, &process.index)) {
        if (words.mine != NULL && !parse_share(words.mine, &process.num, &process.den))
            usage("--mine '%s' is no share, as in 30%% or 1/3", words.mine);
        else if ((process.world = sim_build_world(words.scenario, &options, &error)) == NULL)
            (void)command_fail("node", error);
        else
            status = -1;
    }
    if (status < 0) {
        process.loop = g_main_loop_new(NULL, FALSE);
        status = run_node(&process);
        live_control_free(process.control);
        live_node_free(process.node);
        g_main_loop_unref(process.loop);
    }
    sim_world_free(process.world);
    words_clear(&words);
    return status;
}
