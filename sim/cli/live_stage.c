/* Processes of a live run; see live_stage.h. */
#include "sim/cli/live_stage.h"

#include "core/base/bytes.h"
#include "sim/live/address.h"
#include "sim/live/client.h"
#include "sim/live/disk.h"
#include "sim/live/event.h"
#include "sim/live/namespace.h"
#include "sim/live/switch.h"
#include "sim/world/observe.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A node checks all that its log has before it answers, which takes a second for ten thousand
 * payments, and longer on a busy machine. */
#define START_TRIES 60000 /* of START_WAIT_US: 5 min */
#define START_WAIT_US 5000
#define COUNT_US 100000 /* between questions for what nodes have sent */
#define END_TRIES 400   /* of START_WAIT_US: 2 s */

/* A node's process. */
typedef struct {
    LiveStage *stage;
    uint32_t index;
    char *folder;
    GPid pid; /* 0: none runs */
    LiveClient *client;
    GQueue *waiting; /* SimTold: what it told and is not in the run yet, in order */
    bool is_asked;   /* what it tells now is told at once */
    bool is_paused;  /* it answers nothing */
    uint64_t num, den;
    SimTime clock_offset;
    uint64_t sent[KETTE_MSG_COUNT], sent_bytes; /* as it said last */
} Process;

struct LiveStage {
    LiveStageSpec spec;
    SimRemote remote;
    Process *processes;
    uint32_t count;
    SimRun *run;
    SimWorld *world;
    uint8_t told_handler;
    uint8_t net[2];   /* of the nodes' addresses, 127.net.net.x, without links */
    LiveSwitch *sw;   /* with links; else NULL */
    bool has_changed; /* what the world wants of connections may differ from what processes know */
    LiveClock clock;
    bool has_begun;
    int64_t counted_us; /* when nodes were asked for what they have sent */
    GArray *connected;  /* bool by pair of edges: its opener was told to connect */
    GError *error;      /* the first thing that went wrong, or NULL */
};

static Process *
process_at(LiveStage *stage, uint32_t node)
{
    return &stage->processes[node];
}

static const char *
name_of(const Process *process)
{
    return g_array_index(process->stage->spec.scenario->nodes, ScnNode, process->index).name;
}

/* Keeps the first thing that went wrong. */
static void
complain(const Process *process, const char *what)
{
    if (process->stage->error == NULL)
        g_set_error(&process->stage->error, SIM_RUN_ERROR, SIM_RUN_ERROR_SCENARIO,
                    "node %s %s (its output and records are in %s)", name_of(process), what,
                    process->folder);
}

/* --- addresses ---------------------------------------------------------------------------- */

/* Each stage has 256 addresses of its own, so that several runs do not meet. */
static char *
host_of(const LiveStage *stage, uint32_t node)
{
    uint8_t address[4] = {127, stage->net[0], stage->net[1], (uint8_t)(node + 1)};

    if (stage->spec.has_links)
        live_namespace_address(address, node);
    return g_strdup_printf("%u.%u.%u.%u", address[0], address[1], address[2], address[3]);
}

static char *
address_of(const LiveStage *stage, uint32_t node)
{
    g_autofree char *host = host_of(stage, node);

    return g_strdup_printf("%s:%u", host, LIVE_STAGE_PORT + node);
}

static uint32_t
node_of(const LiveStage *stage, const char *address)
{
    g_autoptr(GInetSocketAddress) parsed = address != NULL ? live_address_parse(address) : NULL;
    const guint8 *bytes;

    if (parsed == NULL)
        return SIM_NODE_NONE;
    bytes = g_inet_address_to_bytes(g_inet_socket_address_get_address(parsed));
    if (stage->spec.has_links)
        return live_namespace_node(bytes);
    return bytes[1] == stage->net[0] && bytes[2] == stage->net[1] && bytes[3] >= 1 &&
                   bytes[3] <= stage->count
               ? bytes[3] - 1u
               : SIM_NODE_NONE;
}

/* --- what processes tell ------------------------------------------------------------------ */

static void
told_free(gpointer data)
{
    SimTold *told = data;

    kette_block_unref(told->block);
    kette_tx_unref(told->tx);
    g_free(told);
}

/* Hands the oldest of what waits to the world. */
static void
tell_oldest(Process *process)
{
    SimTold *told = g_queue_pop_head(process->waiting);
    const char *differs;

    if (told == NULL)
        return;
    differs = sim_remote_told(process->stage->world, told);
    if (differs != NULL)
        complain(process, differs);
    told_free(told);
}

static void
on_told(void *user, const SimEvent *event)
{
    LiveStage *stage = user;

    tell_oldest(process_at(stage, (uint32_t)event->arg));
}

static const char *
text_of(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                   json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

static int64_t
int_of(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                   json_node_get_value_type(node) == G_TYPE_INT64
               ? json_node_get_int(node)
               : 0;
}

/* Reads bytes written as hex; an empty array if it is none. */
static GByteArray *
bytes_of(JsonObject *object, const char *name)
{
    const char *hex = text_of(object, name);
    GByteArray *bytes = g_byte_array_new();

    if (hex != NULL) {
        g_byte_array_set_size(bytes, (guint)(strlen(hex) / 2));
        if (!kette_hex_decode(bytes->data, bytes->len, hex))
            g_byte_array_set_size(bytes, 0);
    }
    return bytes;
}

static KetteHasher *
hasher_of(const LiveStage *stage)
{
    return kette_store_hasher(kette_chain_store(kette_node_chain(sim_world_node(stage->world, 0))));
}

static KetteVerdict
verdict_of(const char *name)
{
    for (KetteVerdict verdict = KETTE_OK; name != NULL && verdict < KETTE_VERDICT_COUNT;
         verdict++) {
        if (strcmp(kette_verdict_name(verdict), name) == 0)
            return verdict;
    }
    return KETTE_OK;
}

static bool
parse_kind(KetteNoteKind *ret_kind, const char *name)
{
    for (KetteNoteKind kind = 0; name != NULL && kind <= KETTE_NOTE_UPGRADE_NEEDED; kind++) {
        if (strcmp(live_event_name(kind), name) == 0) {
            *ret_kind = kind;
            return true;
        }
    }
    return false;
}

/* Returns what the event says, or NULL if it is none. */
static SimTold *
parse_event(const LiveStage *stage, uint32_t node, JsonObject *event)
{
    g_autoptr(GByteArray) block = bytes_of(event, "block"), tx = bytes_of(event, "tx");
    const char *id = text_of(event, "id"), *reason = text_of(event, "reason");
    KetteReader reader;
    SimTold *told;
    KetteNoteKind kind;

    if (!parse_kind(&kind, text_of(event, "event")))
        return NULL;
    told = g_new(SimTold, 1);
    *told = (SimTold){
        .kind = kind,
        .at = int_of(event, "at"),
        .node = node,
        .from = node_of(stage, text_of(event, "from")),
        .verdict = verdict_of(text_of(event, "verdict")),
        .reason = g_intern_string(reason != NULL ? reason : ""),
    };
    if (id != NULL)
        (void)kette_hash_from_hex(&told->id, id);
    kette_reader_init(&reader, block->data, block->len);
    if (block->len > 0)
        told->block = kette_block_parse(hasher_of(stage), &reader);
    kette_reader_init(&reader, tx->data, tx->len);
    if (tx->len > 0)
        told->tx = kette_tx_parse(hasher_of(stage), &reader);
    if ((kind == KETTE_NOTE_BODY && told->block == NULL) ||
        (kind == KETTE_NOTE_TX_ACCEPTED && told->tx == NULL)) {
        told_free(told);
        return NULL;
    }
    return told;
}

static void
on_event(void *user, JsonObject *event, const char *line)
{
    Process *process = user;
    LiveStage *stage = process->stage;
    SimTold *told = parse_event(stage, process->index, event);
    SimEngine *engine = sim_world_engine(stage->world);
    SimTime next = sim_engine_now(engine) + 1;

    (void)line;
    if (told == NULL) {
        complain(process, "told what is no event");
        return;
    }
    g_queue_push_tail(process->waiting, told);
    if (process->is_asked) {
        tell_oldest(process);
        return;
    }
    sim_engine_schedule(engine, MAX(next, told->at), SIM_CLASS_RUN,
                        sim_net_node_key(sim_world_net(stage->world), process->index), 0,
                        stage->told_handler, NULL, process->index);
}

static bool reach(Process *process, GError **error);
static void tell_begin(Process *process);

/* --- orders ------------------------------------------------------------------------------- */

static char *
json_of(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = NULL;

    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    return json_to_string(root, FALSE);
}

static JsonBuilder *
request_new(const char *word)
{
    JsonBuilder *builder = json_builder_new();

    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "do");
    json_builder_add_string_value(builder, word);
    return builder;
}

static void
add_text(JsonBuilder *builder, const char *name, const char *text)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, text);
}

static void
add_int(JsonBuilder *builder, const char *name, int64_t value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, value);
}

/* Sends the request, which it frees. Returns the answer, or NULL after a complaint. */
static JsonObject *
ask(Process *process, JsonBuilder *request)
{
    g_autoptr(JsonBuilder) builder = request;
    g_autofree char *line = json_of(builder);
    g_autoptr(GError) error = NULL;
    JsonObject *answer;

    if (process->client == NULL || process->is_paused)
        return NULL;
    answer = live_client_ask(process->client, line, NULL, &error);
    if (answer == NULL)
        complain(process, error->message);
    return answer;
}

static void
order(Process *process, JsonBuilder *request)
{
    JsonObject *answer = ask(process, request);

    if (answer != NULL)
        json_object_unref(answer);
}

/* Asks for what changes the node's chain: all that it tells goes to the world in that order, before
 * this returns. */
static KetteVerdict
ask_now(Process *process, JsonBuilder *request)
{
    g_autoptr(JsonObject) answer = NULL;
    g_autoptr(GError) error = NULL;

    if (process->is_paused)
        complain(process, "is paused, so it can be asked for nothing");
    if (process->pid != 0 && process->client == NULL && !reach(process, &error))
        complain(process, error->message);
    live_stage_connect(process->stage); /* a cut of the same instant comes before */
    while (!g_queue_is_empty(process->waiting))
        tell_oldest(process);
    process->is_asked = true;
    answer = ask(process, request);
    process->is_asked = false;
    return answer != NULL ? verdict_of(text_of(answer, "verdict")) : KETTE_OK;
}

/* --- processes ---------------------------------------------------------------------------- */

/* In the child: it ends with the stage, and Ctrl-C is for the stage alone. */
static void
set_up_child(gpointer data)
{
    const LiveNamespace *name = data;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setpgid(0, 0);
    if (name != NULL && live_namespace_enter(name) != 0)
        _exit(1);
}

/* Returns what TCP's times in a namespace are at this speed: those of simulated streams. */
static LiveNamespace
namespace_of(const Process *process, int to_parent)
{
    const LiveClock *clock = &process->stage->clock;
    LiveNamespace name = {
        .to_parent = to_parent,
        .rto_min_us = (uint32_t)(live_clock_wait(clock, SIM_STREAM_RTO_MIN) / 1000),
        .rto_max_ms = (uint32_t)(live_clock_wait(clock, SIM_STREAM_RTO_MAX) / 1000000),
    };

    name.rto_min_us = MAX(name.rto_min_us, 1000);
    name.rto_max_ms = MAX(name.rto_max_ms, 1000);
    live_namespace_address(name.address, process->index);
    return name;
}

/* Adds an option with its value, which it frees. */
static void
add_option(GPtrArray *args, const char *option, char *value)
{
    g_ptr_array_add(args, g_strconcat(option, value, NULL));
    g_free(value);
}

static GPtrArray *
arguments_of(const Process *process)
{
    const LiveStage *stage = process->stage;
    GPtrArray *args = g_ptr_array_new_with_free_func(g_free);
    const char *const fixed[] = {"kettensim", "node",           "--chain", stage->spec.path,
                                 "--name",    name_of(process), "--data",  process->folder};

    for (unsigned i = 0; i < G_N_ELEMENTS(fixed); i++)
        g_ptr_array_add(args, g_strdup(fixed[i]));
    for (char **param = stage->spec.params; param != NULL && *param != NULL; param++)
        g_ptr_array_add(args, g_strconcat("--param=", *param, NULL));
    g_ptr_array_add(args, g_strdup_printf("--seed=%" PRIu64, stage->spec.scenario->seed));
    g_ptr_array_add(args, g_strdup("--hold"));
    g_ptr_array_add(args, g_strdup_printf("--speed=%u.%03u", stage->spec.speed / LIVE_SPEED_UNIT,
                                          stage->spec.speed % LIVE_SPEED_UNIT));
    add_option(args, "--listen=", address_of(stage, process->index));
    for (uint32_t i = 0; i < stage->count; i++) {
        if (i != process->index)
            add_option(args, "--expect=", host_of(stage, i));
    }
    g_ptr_array_add(args, NULL);
    return args;
}

/* Gives the switch the device of a process that was started, if it was. */
static bool
take_device(Process *process, bool is_started, const int sockets[2], GError **error)
{
    int device;

    g_close(sockets[1], NULL);
    device = is_started ? live_namespace_receive(sockets[0], error) : -1;
    g_close(sockets[0], NULL);
    if (device >= 0)
        live_switch_set_device(process->stage->sw, process->index, device);
    return device >= 0;
}

static bool
spawn(Process *process, GError **error)
{
    g_autoptr(GPtrArray) args = arguments_of(process);
    g_autofree char *output = g_build_filename(process->folder, "output", NULL);
    int fd, sockets[2] = {-1, -1};
    LiveNamespace name;
    bool ok;

    if (g_mkdir_with_parents(process->folder, 0777) != 0 ||
        (fd = g_open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) < 0) {
        g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_SCENARIO, "cannot write '%s': %s", output,
                    g_strerror(errno));
        return false;
    }
    if (process->stage->sw != NULL &&
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
        return false;
    name = namespace_of(process, sockets[1]);
    /* The first argument is the name of the program; the file is this program. */
    g_ptr_array_insert(args, 0, g_strdup("/proc/self/exe"));
    ok = g_spawn_async_with_fds(
        NULL, (char **)args->pdata, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_FILE_AND_ARGV_ZERO,
        set_up_child, process->stage->sw != NULL ? &name : NULL, &process->pid, -1, fd, fd, error);
    g_close(fd, NULL);
    return process->stage->sw != NULL ? take_device(process, ok, sockets, error) : ok;
}

/* Reads the end of what the process has printed, for messages. */
static char *
last_words(const Process *process)
{
    g_autofree char *output = g_build_filename(process->folder, "output", NULL);
    char *text = NULL;

    if (!g_file_get_contents(output, &text, NULL, NULL))
        return g_strdup("");
    return g_strstrip(text);
}

static bool
has_ended(Process *process)
{
    if (process->pid == 0 || waitpid(process->pid, NULL, WNOHANG) != process->pid)
        return process->pid == 0;
    process->pid = 0;
    return true;
}

/* Connects to the control socket of a process that starts, if it has one by now. */
static bool
try_to_reach(Process *process)
{
    process->client = live_client_open(process->folder, NULL);
    if (process->client == NULL)
        return false;
    live_client_on_event(process->client, on_event, process);
    order(process, request_new("watch"));
    if (process->stage->has_begun)
        tell_begin(process);
    process->stage->has_changed = true; /* nobody has told it of its connections */
    return true;
}

/* Waits until the process answers. */
static bool
reach(Process *process, GError **error)
{
    for (int i = 0; i < START_TRIES && !has_ended(process); i++) {
        if (try_to_reach(process))
            return true;
        g_usleep(START_WAIT_US);
    }
    g_autofree char *words = last_words(process);
    g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_SCENARIO, "node %s did not start: %s",
                name_of(process), words);
    return false;
}

static void
tell_share(Process *process)
{
    JsonBuilder *request = request_new("mining");

    add_int(request, "num", (int64_t)process->num);
    add_int(request, "den", (int64_t)MAX(process->den, 1));
    order(process, request);
}

static void
tell_clock(Process *process)
{
    JsonBuilder *request = request_new("clock");

    add_int(request, "offset_ns", process->clock_offset);
    order(process, request);
}

static void
tell_begin(Process *process)
{
    JsonBuilder *request = request_new("begin");

    if (process->clock_offset != 0)
        tell_clock(process);
    add_int(request, "zero_ns", process->stage->clock.zero_ns);
    order(process, request);
    tell_share(process);
}

/* Forgets what the opener of these connections was told: a new process knows none. */
static void
forget_connections(LiveStage *stage, uint32_t node)
{
    for (guint pair = 0; pair < stage->connected->len; pair++) {
        if (sim_net_edge_src(sim_world_net(stage->world), 2 * pair) == node)
            g_array_index(stage->connected, bool, pair) = false;
    }
}

static void
forget_process(Process *process)
{
    if (process->stage->sw != NULL)
        live_switch_set_device(process->stage->sw, process->index, -1);
    process->stage->has_changed = true;
    g_clear_pointer(&process->client, live_client_free);
    g_queue_clear_full(process->waiting, told_free);
    memset(process->sent, 0, sizeof process->sent);
    process->sent_bytes = 0;
    forget_connections(process->stage, process->index);
}

/* --- what the world orders ---------------------------------------------------------------- */

static void
on_start(void *user, uint32_t node)
{
    Process *process = process_at(user, node);
    g_autoptr(GError) error = NULL;

    if (process->pid == 0 && !spawn(process, &error))
        complain(process, error->message);
}

static bool
on_answers(void *user, uint32_t node)
{
    return process_at(user, node)->client != NULL;
}

/* Reaches processes that have started meanwhile. */
static void
reach_started(LiveStage *stage)
{
    for (uint32_t i = 0; i < stage->count; i++) {
        Process *process = process_at(stage, i);

        if (process->pid == 0 || process->client != NULL)
            continue;
        if (has_ended(process)) {
            g_autofree char *words = last_words(process);
            g_autofree char *what = g_strdup_printf("did not start: %s", words);

            complain(process, what);
        } else {
            (void)try_to_reach(process);
        }
    }
    live_stage_connect(stage);
}

static bool count_sent(Process *process, JsonObject *status);

/* Hears what the process has said before it is killed. */
static void
hear_out(Process *process)
{
    g_autoptr(JsonObject) status = ask(process, request_new("status"));

    if (status != NULL)
        (void)count_sent(process, status);
    while (!g_queue_is_empty(process->waiting))
        tell_oldest(process);
}

static void
on_kill(void *user, uint32_t node, bool wipe)
{
    Process *process = process_at(user, node);
    g_autofree char *log = g_build_filename(process->folder, LIVE_DISK_LOG, NULL);

    if (process->pid != 0) {
        kill(process->pid, SIGKILL);
        (void)waitpid(process->pid, NULL, 0);
        process->pid = 0;
    }
    /* What it told before its death is heard; what it saved and did not tell comes with its log. */
    while (process->client != NULL && live_client_read(process->client, NULL))
        continue;
    while (!g_queue_is_empty(process->waiting))
        tell_oldest(process);
    forget_process(process);
    process->is_paused = false;
    if (wipe)
        (void)g_unlink(log);
}

static GByteArray *
on_read_log(void *user, uint32_t node)
{
    Process *process = process_at(user, node);
    g_autofree char *log = g_build_filename(process->folder, LIVE_DISK_LOG, NULL);
    char *bytes = NULL;
    gsize length = 0;

    if (!g_file_get_contents(log, &bytes, &length, NULL))
        return g_byte_array_new();
    return g_byte_array_new_take((guint8 *)bytes, length);
}

static void
on_pause(void *user, uint32_t node, bool paused)
{
    Process *process = process_at(user, node);

    if (process->pid == 0)
        return;
    if (paused)
        hear_out(process);
    process->is_paused = paused;
    kill(process->pid, paused ? SIGSTOP : SIGCONT);
    if (!paused) { /* what it could not be told */
        tell_share(process);
        tell_clock(process);
    }
}

static void
on_set_share(void *user, uint32_t node, uint64_t num, uint64_t den)
{
    Process *process = process_at(user, node);
    LiveStage *stage = user;

    if (process->num == num && (process->den == den || num == 0))
        return;
    process->num = num;
    process->den = den;
    if (stage->has_begun)
        tell_share(process);
}

static void
on_set_clock(void *user, uint32_t node, SimTime offset)
{
    Process *process = process_at(user, node);

    process->clock_offset = offset;
    tell_clock(process);
}

static KetteVerdict
on_mine(void *user, uint32_t node)
{
    return ask_now(process_at(user, node), request_new("mine"));
}

static KetteVerdict
on_submit(void *user, uint32_t node, KetteTx *tx)
{
    JsonBuilder *request = request_new("submit");
    uint8_t raw[KETTE_TX_BYTES];
    char hex[2 * KETTE_TX_BYTES + 1];

    kette_tx_serialize(tx, raw);
    kette_hex_encode(hex, raw, sizeof raw);
    add_text(request, "tx", hex);
    return ask_now(process_at(user, node), request);
}

/* --- connections -------------------------------------------------------------------------- */

/* Returns whether the edge's source should keep a connection to the other end. Without links a cut
 * is done by having none. */
static bool
wants_connection(const LiveStage *stage, uint32_t edge)
{
    SimNet *net = sim_world_net(stage->world);
    uint32_t a = sim_net_edge_src(net, edge), b = sim_net_edge_dst(net, edge);

    return sim_world_connected(stage->world, a, b) &&
           (stage->sw != NULL || (!sim_net_separated(net, a, b) && !sim_net_separated(net, b, a)));
}

/* Tells the switch which pairs are cut. */
static void
cut_pairs(LiveStage *stage)
{
    SimNet *net = sim_world_net(stage->world);

    for (uint32_t a = 0; stage->sw != NULL && a < stage->count; a++) {
        for (uint32_t b = 0; b < stage->count; b++)
            live_switch_set_cut(stage->sw, a, b, sim_net_separated(net, a, b));
    }
}

void
live_stage_connect(LiveStage *stage)
{
    SimNet *net = sim_world_net(stage->world);

    if (!stage->has_changed)
        return;
    stage->has_changed = false;
    cut_pairs(stage);
    g_array_set_size(stage->connected, sim_net_edge_count(net) / 2);
    for (guint pair = 0; pair < stage->connected->len; pair++) {
        Process *opener = process_at(stage, sim_net_edge_src(net, 2 * pair));
        bool *is_told = &g_array_index(stage->connected, bool, pair);
        bool wanted = wants_connection(stage, 2 * pair);
        g_autofree char *address = NULL;
        JsonBuilder *request;

        if (wanted == *is_told || opener->client == NULL || opener->is_paused)
            continue;
        *is_told = wanted;
        address = address_of(stage, sim_net_edge_dst(net, 2 * pair));
        request = request_new(wanted ? "connect" : "disconnect");
        add_text(request, "address", address);
        order(opener, request);
    }
}

static void
ignore_fact(void *user, const SimFact *fact)
{
    (void)user, (void)fact;
}

static void
on_fault(void *user, const SimFaultNote *note)
{
    (void)note;
    ((LiveStage *)user)->has_changed = true;
}

static void
on_connection(void *user, SimTime time, uint32_t edge, bool open)
{
    (void)time, (void)edge, (void)open;
    ((LiveStage *)user)->has_changed = true;
}

/* --- links -------------------------------------------------------------------------------- */

#define DELAYS_DRAWN 1024

/* Gives the switch the link of an edge: delays drawn from its latency, in the machine's time. */
static void
set_link(LiveStage *stage, uint32_t edge)
{
    const SimNet *net = sim_world_net(stage->world);
    const SimLinkSpec *spec = sim_net_link(net, edge);
    const uint64_t seed = sim_key_combine(stage->spec.scenario->seed, sim_net_edge_key(net, edge));
    g_autofree int64_t *delays = g_new(int64_t, DELAYS_DRAWN);
    LiveLink link = {
        .delays_ns = delays,
        .delay_count = DELAYS_DRAWN,
        .loss_ppb = spec->loss_ppb,
        .rate_bps =
            (uint64_t)((unsigned __int128)spec->rate_bps * stage->spec.speed / LIVE_SPEED_UNIT),
        .queue_bytes = spec->queue_bytes,
    };

    for (uint32_t i = 0; i < DELAYS_DRAWN; i++) {
        SimCounter draws;
        SimTime delay;

        sim_counter_init_at(&draws, seed, sim_key("live latency"), 4 * i);
        delay = sim_net_draw_latency(net, edge, draws);
        delay = MAX(delay, spec->min);
        sim_counter_init_at(&draws, seed, sim_key("live jitter"), 4 * i);
        delay += (SimTime)sim_counter_below(&draws, (uint64_t)spec->jitter + 1);
        delays[i] = live_clock_wait(&stage->clock, delay);
    }
    live_switch_set_link(stage->sw, sim_net_edge_src(net, edge), sim_net_edge_dst(net, edge),
                         &link);
}

static void
start_switch(LiveStage *stage)
{
    if (stage->sw == NULL)
        return;
    for (uint32_t edge = 0; edge < sim_net_edge_count(sim_world_net(stage->world)); edge++)
        set_link(stage, edge);
    live_switch_start(stage->sw);
}

/* --- time --------------------------------------------------------------------------------- */

SimTime
live_stage_now(const LiveStage *stage)
{
    return live_clock_now(&stage->clock);
}

bool
live_stage_prepare(LiveStage *stage, SimRun *run, GError **error)
{
    stage->run = run;
    stage->world = sim_run_world(run);
    stage->told_handler = sim_engine_add_handler(sim_world_engine(stage->world), on_told, stage);
    sim_world_add_watcher(stage->world, &(SimWatcher){.user = stage,
                                                      .fact = ignore_fact,
                                                      .fault = on_fault,
                                                      .connection = on_connection});
    start_switch(stage);
    for (uint32_t i = 0; i < stage->count; i++) {
        if (g_array_index(stage->spec.scenario->nodes, ScnNode, i).start_ns == 0 &&
            !spawn(process_at(stage, i), error))
            return false;
    }
    for (uint32_t i = 0; i < stage->count; i++) {
        Process *process = process_at(stage, i);

        if (process->pid != 0 && !reach(process, error))
            return false;
    }
    return true;
}

static bool
is_well(LiveStage *stage, GError **error)
{
    if (stage->error == NULL)
        return true;
    g_propagate_error(error, g_error_copy(stage->error));
    return false;
}

bool
live_stage_begin(LiveStage *stage, GError **error)
{
    stage->clock.zero_ns = live_clock_monotonic_ns();
    stage->has_begun = stage->has_changed = true;
    for (uint32_t i = 0; i < stage->count; i++) {
        if (process_at(stage, i)->client != NULL)
            tell_begin(process_at(stage, i));
    }
    live_stage_connect(stage);
    return is_well(stage, error);
}

/* Asks now and then what the nodes have sent. */
static void
count_all(LiveStage *stage)
{
    int64_t now_us = g_get_monotonic_time();

    if (now_us - stage->counted_us < COUNT_US)
        return;
    for (uint32_t i = 0; i < stage->count; i++) {
        Process *process = process_at(stage, i);
        g_autoptr(JsonObject) status = process->client != NULL && !process->is_paused
                                           ? ask(process, request_new("status"))
                                           : NULL;

        if (status != NULL)
            (void)count_sent(process, status);
    }
    stage->counted_us = g_get_monotonic_time();
}

bool
live_stage_pump(LiveStage *stage, int wait_ms, GError **error)
{
    reach_started(stage);
    g_autofree struct pollfd *fds = g_new0(struct pollfd, stage->count);

    for (uint32_t i = 0; i < stage->count; i++) {
        const Process *process = process_at(stage, i);

        fds[i].fd = process->client != NULL ? live_client_fd(process->client) : -1;
        fds[i].events = POLLIN;
    }
    if (poll(fds, stage->count, wait_ms) > 0) {
        for (uint32_t i = 0; i < stage->count; i++) {
            Process *process = process_at(stage, i);
            g_autoptr(GError) failure = NULL;

            if (fds[i].revents == 0 || process->client == NULL)
                continue;
            if (!live_client_read(process->client, &failure)) {
                g_autofree char *words = last_words(process);
                g_autofree char *what = g_strdup_printf("ended by itself: %s", words);

                complain(process, what);
            }
        }
    }
    count_all(stage);
    return is_well(stage, error);
}

/* --- comparing ---------------------------------------------------------------------------- */

/* Adds what the node has sent since it was asked last. */
static bool
count_sent(Process *process, JsonObject *status)
{
    JsonObject *sent = json_object_get_object_member(status, "sent");
    uint64_t bytes = (uint64_t)int_of(status, "sent_bytes");

    for (unsigned kind = 0; sent != NULL && kind < KETTE_MSG_COUNT; kind++) {
        uint64_t count = (uint64_t)int_of(sent, kette_message_kind_name((KetteMessageKind)kind));

        sim_remote_sent(process->stage->world, process->index, (KetteMessageKind)kind,
                        count - process->sent[kind]);
        process->sent[kind] = count;
    }
    sim_remote_sent_bytes(process->stage->world, process->index, bytes - process->sent_bytes);
    process->sent_bytes = bytes;
    return sent != NULL;
}

static void
compare_tip(Process *process, JsonObject *status)
{
    const KetteEntry *tip =
        kette_chain_tip(kette_node_chain(sim_world_node(process->stage->world, process->index)));
    const char *text = text_of(status, "tip");
    KetteHash id;

    if (text == NULL || !kette_hash_from_hex(&id, text) || !kette_hash_equal(&id, &tip->id))
        complain(process, "stands on another tip than its blocks lead to: its process and this "
                          "program disagree");
}

bool
live_stage_compare(LiveStage *stage, GError **error)
{
    for (uint32_t i = 0; i < stage->count; i++) {
        Process *process = process_at(stage, i);
        g_autoptr(JsonObject) status = NULL;

        if (process->client == NULL || process->is_paused)
            continue;
        status = ask(process, request_new("status"));
        if (status == NULL)
            continue;
        while (!g_queue_is_empty(process->waiting))
            tell_oldest(process);
        (void)count_sent(process, status);
        compare_tip(process, status);
    }
    return is_well(stage, error);
}

/* --- life --------------------------------------------------------------------------------- */

LiveStage *
live_stage_new(const LiveStageSpec *spec, GError **error)
{
    LiveSwitch *sw = spec->has_links ? live_switch_new(spec->scenario->nodes->len, error) : NULL;
    LiveStage *stage;

    if (spec->has_links && sw == NULL)
        return NULL;
    stage = g_new0(LiveStage, 1);
    stage->sw = sw;
    stage->spec = *spec;
    stage->count = spec->scenario->nodes->len;
    stage->clock.speed = spec->speed;
    stage->net[0] = (uint8_t)(1 + (unsigned)getpid() / 250 % 250);
    stage->net[1] = (uint8_t)((unsigned)getpid() % 250);
    stage->connected = g_array_new(FALSE, TRUE, sizeof(bool));
    stage->remote = (SimRemote){
        .user = stage,
        .start = on_start,
        .answers = on_answers,
        .kill = on_kill,
        .read_log = on_read_log,
        .pause = on_pause,
        .set_share = on_set_share,
        .set_clock = on_set_clock,
        .mine = on_mine,
        .submit = on_submit,
    };
    stage->processes = g_new0(Process, stage->count);
    for (uint32_t i = 0; i < stage->count; i++) {
        Process *process = process_at(stage, i);

        process->stage = stage;
        process->index = i;
        process->den = 1;
        process->clock_offset = g_array_index(spec->scenario->nodes, ScnNode, i).clock_ns;
        process->folder = g_build_filename(spec->folder, name_of(process), NULL);
        process->waiting = g_queue_new();
    }
    return stage;
}

char *
live_stage_place(const LiveStage *stage)
{
    g_autofree char *first = address_of(stage, 0), *last = address_of(stage, stage->count - 1);

    return g_strdup_printf("%s to %s", first, last);
}

const SimRemote *
live_stage_remote(LiveStage *stage)
{
    return &stage->remote;
}

static void
end_process(Process *process)
{
    for (int i = 0; i < END_TRIES && !has_ended(process); i++)
        g_usleep(START_WAIT_US);
    if (process->pid != 0) {
        kill(process->pid, SIGKILL);
        (void)waitpid(process->pid, NULL, 0);
    }
}

void
live_stage_free(LiveStage *stage)
{
    if (stage == NULL)
        return;
    for (uint32_t i = 0; i < stage->count; i++) {
        if (process_at(stage, i)->pid != 0) {
            kill(process_at(stage, i)->pid, SIGCONT);
            kill(process_at(stage, i)->pid, SIGTERM);
        }
    }
    for (uint32_t i = 0; i < stage->count; i++) {
        Process *process = process_at(stage, i);

        end_process(process);
        g_clear_pointer(&process->client, live_client_free);
        g_queue_free_full(process->waiting, told_free);
        g_free(process->folder);
    }
    live_switch_free(stage->sw);
    g_free(stage->processes);
    g_array_unref(stage->connected);
    g_clear_error(&stage->error);
    g_free(stage);
}
