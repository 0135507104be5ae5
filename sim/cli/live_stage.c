/* Joins a world and its processes; see live_stage.h. */
#include "sim/cli/live_stage.h"

#include "core/base/bytes.h"
#include "sim/cli/live_links.h"
#include "sim/io/json.h"
#include "sim/live/address.h"
#include "sim/live/event.h"
#include "sim/live/process.h"
#include "sim/world/observe.h"

#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define COUNT_US 100000 /* between questions for what nodes have sent */

/* A node of the scenario and its process. */
typedef struct {
    LiveStage *stage;
    uint32_t index;
    LiveProcess *process;
    GQueue *waiting; /* SimTold: its events that are not in the run yet, in order */
    bool is_asked;   /* its events now go into the run at once */
    uint64_t num, den;
    SimTime clock_offset;
    uint64_t sent[KETTE_MSG_COUNT], sent_bytes; /* of its last status */
} Node;

struct LiveStage {
    LiveStageSpec spec;
    SimRemote remote;
    Node *nodes;
    uint32_t count;
    SimWorld *world;
    uint8_t told_handler;
    uint8_t net[2]; /* of the nodes' addresses, 127.net.net.x, without links */
    LiveSwitch *sw; /* with links; else NULL */
    uint32_t edges; /* whose links the switch knows */
    LiveClock clock;
    bool has_begun;
    bool has_changed;   /* the world may want other connections than the processes know of */
    int64_t counted_us; /* when nodes were asked for what they have sent */
    GArray *connected;  /* bool by pair of edges: its opener was told to connect */
    GError *error;      /* the first thing that went wrong, or NULL */
};

static Node *
node_at(LiveStage *stage, uint32_t index)
{
    return &stage->nodes[index];
}

static const ScnNode *
scn_of(const LiveStage *stage, uint32_t index)
{
    return &g_array_index(stage->spec.scenario->nodes, ScnNode, index);
}

/* Keeps the first thing that went wrong; takes over the error, which may be NULL. */
static void
keep_error(LiveStage *stage, GError *error)
{
    if (stage->error == NULL)
        stage->error = error;
    else
        g_clear_error(&error);
}

static void
complain(const Node *node, const char *what)
{
    keep_error(node->stage, g_error_new(SIM_RUN_ERROR, SIM_RUN_ERROR_SCENARIO, "node %s %s",
                                        scn_of(node->stage, node->index)->name, what));
}

/* --- addresses ---------------------------------------------------------------------------- */

/* Each stage has 256 addresses of its own, so that several runs do not meet. */
static char *
host_of(const LiveStage *stage, uint32_t index)
{
    uint8_t address[4] = {127, stage->net[0], stage->net[1], (uint8_t)(index + 1)};

    if (stage->spec.has_links)
        live_namespace_address(address, index);
    return g_strdup_printf("%u.%u.%u.%u", address[0], address[1], address[2], address[3]);
}

static char *
address_of(const LiveStage *stage, uint32_t index)
{
    g_autofree char *host = host_of(stage, index);

    return g_strdup_printf("%s:%u", host, LIVE_STAGE_PORT + index);
}

static uint32_t
index_of(const LiveStage *stage, const char *address)
{
    g_autoptr(GInetSocketAddress) parsed = address != NULL ? live_address_parse(address) : NULL;
    const guint8 *bytes;
    uint32_t index;

    if (parsed == NULL)
        return SIM_NODE_NONE;
    bytes = g_inet_address_to_bytes(g_inet_socket_address_get_address(parsed));
    if (stage->spec.has_links)
        index = live_namespace_node(bytes);
    else
        index =
            bytes[1] == stage->net[0] && bytes[2] == stage->net[1] ? bytes[3] - 1u : SIM_NODE_NONE;
    return index < stage->count ? index : SIM_NODE_NONE;
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

/* Hands the oldest waiting event to the world. */
static void
tell_oldest(Node *node)
{
    SimTold *told = g_queue_pop_head(node->waiting);
    const char *differs;

    if (told == NULL)
        return;
    differs = sim_remote_told(node->stage->world, told);
    if (differs != NULL)
        complain(node, differs);
    told_free(told);
}

static void
tell_all(Node *node)
{
    while (!g_queue_is_empty(node->waiting))
        tell_oldest(node);
}

static void
on_told(void *user, const SimEvent *event)
{
    LiveStage *stage = user;

    tell_oldest(node_at(stage, (uint32_t)event->arg));
}

static KetteHasher *
hasher_of(const LiveStage *stage)
{
    return kette_store_hasher(kette_chain_store(kette_node_chain(sim_world_node(stage->world, 0))));
}

/* Puts an event of a process into the run, at the time that the process names. */
static void
on_event(void *user, JsonObject *object)
{
    Node *node = user;
    LiveStage *stage = node->stage;
    SimEngine *engine = sim_world_engine(stage->world);
    SimTime next = sim_engine_now(engine) + 1;
    LiveEvent event;
    SimTold *told;

    if (!live_event_parse(&event, hasher_of(stage), object)) {
        complain(node, "told what is no event");
        return;
    }
    told = g_new(SimTold, 1);
    *told = (SimTold){
        .kind = event.kind,
        .at = event.at_ns,
        .node = node->index,
        .from = index_of(stage, event.from),
        .id = event.id,
        .block = event.block,
        .tx = event.tx,
        .verdict = event.verdict,
        .reason = g_intern_string(event.reason != NULL ? event.reason : ""),
    };
    g_queue_push_tail(node->waiting, told);
    if (node->is_asked)
        tell_oldest(node);
    else
        sim_engine_schedule(engine, MAX(next, told->at), SIM_CLASS_RUN,
                            sim_net_node_key(sim_world_net(stage->world), node->index), 0,
                            stage->told_handler, NULL, node->index);
}

/* --- orders ------------------------------------------------------------------------------- */

/* Sends the request, which it frees. Returns the answer; NULL if there is none, after a complaint
 * unless the process cannot answer now. */
static JsonObject *
ask(Node *node, JsonBuilder *request)
{
    GError *error = NULL;
    JsonObject *answer = live_process_ask(node->process, request, &error);

    if (error != NULL)
        keep_error(node->stage, error);
    return answer;
}

static void
order(Node *node, JsonBuilder *request)
{
    JsonObject *answer = ask(node, request);

    if (answer != NULL)
        json_object_unref(answer);
}

static void
tell_share(Node *node)
{
    JsonBuilder *request = live_process_request("mining");

    io_json_member_int(request, "num", (int64_t)node->num);
    io_json_member_int(request, "den", (int64_t)node->den);
    order(node, request);
}

static void
tell_clock(Node *node)
{
    JsonBuilder *request = live_process_request("clock");

    io_json_member_int(request, "offset_ns", node->clock_offset);
    order(node, request);
}

/* Sends a process that answers the orders that it needs to begin. */
static void
tell_begin(Node *node)
{
    JsonBuilder *request = live_process_request("begin");

    tell_clock(node);
    io_json_member_int(request, "zero_ns", node->stage->clock.zero_ns);
    order(node, request);
    tell_share(node);
    node->stage->has_changed = true; /* nobody has told it of its connections */
}

/* Waits for a process that has been started. */
static void
await_process(Node *node)
{
    GError *error = NULL;

    if (!live_process_is_started(node->process) || live_process_answers(node->process))
        return;
    if (!live_process_wait(node->process, &error))
        keep_error(node->stage, error);
    else
        tell_begin(node);
}

/* Asks for what changes the node's chain. Everything that the process tells because of it is in the
 * world when this returns. */
static KetteVerdict
ask_at_once(Node *node, JsonBuilder *request)
{
    g_autoptr(JsonObject) answer = NULL;
    const char *verdict;

    if (live_process_is_paused(node->process))
        complain(node, "is paused, so it can be asked for nothing");
    await_process(node);
    live_stage_connect(node->stage); /* a cut of the same instant comes before */
    tell_all(node);
    node->is_asked = true;
    answer = ask(node, request);
    node->is_asked = false;
    verdict = io_json_read_text(answer, "verdict");
    return verdict != NULL ? kette_verdict_find(verdict) : KETTE_OK;
}

/* --- what the world orders ---------------------------------------------------------------- */

/* Returns the words after `kettensim`. */
static char **
words_of(const Node *node)
{
    const LiveStage *stage = node->stage;
    const char *name = scn_of(stage, node->index)->name;
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_autofree char *folder = g_build_filename(stage->spec.folder, name, NULL);
    g_autofree char *seed = g_strdup_printf("--seed=%" PRIu64, stage->spec.scenario->seed);
    g_autofree char *address = address_of(stage, node->index);
    g_autofree char *speed = g_strdup_printf("%u.%03u", stage->spec.speed / LIVE_SPEED_UNIT,
                                             stage->spec.speed % LIVE_SPEED_UNIT);

    g_strv_builder_add_many(words, "node", "--hold", "--chain", stage->spec.path, "--name", name,
                            "--data", folder, "--listen", address, "--speed", speed, seed, NULL);
    for (char **param = stage->spec.params; param != NULL && *param != NULL; param++)
        g_strv_builder_add_many(words, "--param", *param, NULL);
    for (uint32_t i = 0; i < stage->count; i++) {
        g_autofree char *host = host_of(stage, i);

        if (i != node->index)
            g_strv_builder_add_many(words, "--expect", host, NULL);
    }
    return g_strv_builder_end(words);
}

static bool
start_process(Node *node, GError **error)
{
    LiveStage *stage = node->stage;
    const LiveNamespace name = live_links_namespace(&stage->clock, node->index);
    g_auto(GStrv) words = words_of(node);
    int device;

    if (!live_process_start(node->process, words, stage->sw != NULL ? &name : NULL, &device, error))
        return false;
    if (stage->sw != NULL)
        live_switch_set_device(stage->sw, node->index, device);
    return true;
}

static void
on_start(void *user, uint32_t index)
{
    Node *node = node_at(user, index);
    GError *error = NULL;

    if (!live_process_is_started(node->process) && !start_process(node, &error))
        keep_error(user, error);
}

static bool
on_answers(void *user, uint32_t index)
{
    return live_process_answers(node_at(user, index)->process);
}

/* Adds the messages that the node has sent since its last status. */
static void
count_sent(Node *node, JsonObject *status)
{
    SimWorld *world = node->stage->world;
    JsonNode *member = status != NULL ? json_object_get_member(status, "sent") : NULL;
    JsonObject *sent =
        member != NULL && JSON_NODE_HOLDS_OBJECT(member) ? json_node_get_object(member) : NULL;
    uint64_t bytes = (uint64_t)io_json_read_int(status, "sent_bytes", (int64_t)node->sent_bytes);

    for (unsigned kind = 0; kind < KETTE_MSG_COUNT; kind++) {
        uint64_t count = (uint64_t)io_json_read_int(
            sent, kette_message_kind_name((KetteMessageKind)kind), (int64_t)node->sent[kind]);

        sim_remote_sent(world, (KetteMessageKind)kind, count - node->sent[kind]);
        node->sent[kind] = count;
    }
    sim_remote_sent_bytes(world, node->index, bytes - node->sent_bytes);
    node->sent_bytes = bytes;
}

/* Forgets what the opener of these connections was told: a new process knows none. */
static void
forget_connections(LiveStage *stage, uint32_t index)
{
    for (guint pair = 0; pair < stage->connected->len; pair++) {
        if (sim_net_edge_src(sim_world_net(stage->world), 2 * pair) == index)
            g_array_index(stage->connected, bool, pair) = false;
    }
    stage->has_changed = true;
}

static void
on_kill(void *user, uint32_t index, bool wipe)
{
    Node *node = node_at(user, index);
    LiveStage *stage = user;

    /* Blocks that it saved without telling of them come with its log. */
    live_process_kill(node->process);
    tell_all(node);
    if (stage->sw != NULL)
        live_switch_set_device(stage->sw, index, -1);
    memset(node->sent, 0, sizeof node->sent);
    node->sent_bytes = 0;
    forget_connections(stage, index);
    if (wipe)
        live_process_remove_log(node->process);
}

static GByteArray *
on_read_log(void *user, uint32_t index)
{
    return live_process_read_log(node_at(user, index)->process);
}

static void
on_pause(void *user, uint32_t index, bool paused)
{
    Node *node = node_at(user, index);

    if (paused) { /* take in its events from before the pause */
        order(node, live_process_request("status"));
        tell_all(node);
    }
    live_process_pause(node->process, paused);
    if (!paused) { /* send the orders that it missed */
        tell_share(node);
        tell_clock(node);
    }
}

static void
on_set_share(void *user, uint32_t index, uint64_t num, uint64_t den)
{
    Node *node = node_at(user, index);
    LiveStage *stage = user;

    if (node->num == num && (node->den == den || num == 0))
        return;
    node->num = num;
    node->den = den;
    if (stage->has_begun)
        tell_share(node);
}

static void
on_set_clock(void *user, uint32_t index, SimTime offset)
{
    Node *node = node_at(user, index);

    node->clock_offset = offset;
    tell_clock(node);
}

static KetteVerdict
on_mine(void *user, uint32_t index)
{
    return ask_at_once(node_at(user, index), live_process_request("mine"));
}

static KetteVerdict
on_submit(void *user, uint32_t index, KetteTx *tx)
{
    JsonBuilder *request = live_process_request("submit");
    uint8_t raw[KETTE_TX_BYTES];
    char hex[2 * KETTE_TX_BYTES + 1];

    kette_tx_serialize(tx, raw);
    kette_hex_encode(hex, raw, sizeof raw);
    io_json_member_text(request, "tx", hex);
    return ask_at_once(node_at(user, index), request);
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

static void
set_connection(LiveStage *stage, guint pair)
{
    SimNet *net = sim_world_net(stage->world);
    Node *opener = node_at(stage, sim_net_edge_src(net, 2 * pair));
    bool *is_told = &g_array_index(stage->connected, bool, pair);
    bool wanted = wants_connection(stage, 2 * pair);
    g_autofree char *address = NULL;
    JsonBuilder *request;

    if (wanted == *is_told || !live_process_answers(opener->process) ||
        live_process_is_paused(opener->process))
        return;
    *is_told = wanted;
    address = address_of(stage, sim_net_edge_dst(net, 2 * pair));
    request = live_process_request(wanted ? "connect" : "disconnect");
    io_json_member_text(request, "address", address);
    order(opener, request);
}

void
live_stage_connect(LiveStage *stage)
{
    if (!stage->has_changed)
        return;
    stage->has_changed = false;
    if (stage->sw != NULL) {
        stage->edges = live_links_set(stage->sw, stage->world, &stage->clock,
                                      stage->spec.scenario->seed, stage->edges);
        live_links_cut(stage->sw, stage->world);
    }
    g_array_set_size(stage->connected, sim_net_edge_count(sim_world_net(stage->world)) / 2);
    for (guint pair = 0; pair < stage->connected->len; pair++)
        set_connection(stage, pair);
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

/* --- time --------------------------------------------------------------------------------- */

SimTime
live_stage_now(const LiveStage *stage)
{
    return live_clock_now(&stage->clock);
}

bool
live_stage_prepare(LiveStage *stage, SimWorld *world, GError **error)
{
    stage->world = world;
    stage->told_handler = sim_engine_add_handler(sim_world_engine(world), on_told, stage);
    sim_world_add_watcher(world, &(SimWatcher){.user = stage,
                                               .fact = ignore_fact,
                                               .fault = on_fault,
                                               .connection = on_connection});
    for (uint32_t i = 0; i < stage->count; i++) {
        if (scn_of(stage, i)->start_ns == 0 && !start_process(node_at(stage, i), error))
            return false;
    }
    for (uint32_t i = 0; i < stage->count; i++) {
        LiveProcess *process = node_at(stage, i)->process;

        if (live_process_is_started(process) && !live_process_wait(process, error))
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
    stage->has_begun = true;
    for (uint32_t i = 0; i < stage->count; i++) {
        if (live_process_answers(node_at(stage, i)->process))
            tell_begin(node_at(stage, i));
    }
    live_stage_connect(stage);
    return is_well(stage, error);
}

/* Reaches processes that have started meanwhile. */
static void
reach_started(LiveStage *stage)
{
    for (uint32_t i = 0; i < stage->count; i++) {
        Node *node = node_at(stage, i);
        GError *error = NULL;
        bool reached;

        if (!live_process_is_started(node->process) || live_process_answers(node->process))
            continue;
        if (!live_process_try(node->process, &reached, &error))
            keep_error(stage, error);
        else if (reached)
            tell_begin(node);
    }
    live_stage_connect(stage);
}

/* Asks the nodes for their counts of messages every COUNT_US. */
static void
count_all(LiveStage *stage)
{
    int64_t now_us = g_get_monotonic_time();

    if (now_us - stage->counted_us < COUNT_US)
        return;
    stage->counted_us = now_us;
    for (uint32_t i = 0; i < stage->count; i++) {
        g_autoptr(JsonObject) status = ask(node_at(stage, i), live_process_request("status"));

        count_sent(node_at(stage, i), status);
    }
}

bool
live_stage_pump(LiveStage *stage, int wait_ms, GError **error)
{
    g_autofree struct pollfd *fds = g_new0(struct pollfd, stage->count);

    reach_started(stage);
    for (uint32_t i = 0; i < stage->count; i++)
        fds[i] =
            (struct pollfd){.fd = live_process_fd(node_at(stage, i)->process), .events = POLLIN};
    (void)poll(fds, stage->count, wait_ms);
    for (uint32_t i = 0; i < stage->count; i++) {
        GError *failure = NULL;

        if (fds[i].revents != 0 && !live_process_read(node_at(stage, i)->process, &failure))
            keep_error(stage, failure);
    }
    count_all(stage);
    return is_well(stage, error);
}

/* --- comparing ---------------------------------------------------------------------------- */

static void
compare_tip(Node *node, JsonObject *status)
{
    const KetteChain *chain = kette_node_chain(sim_world_node(node->stage->world, node->index));
    const char *text = io_json_read_text(status, "tip");
    KetteHash id;

    if (text == NULL || !kette_hash_from_hex(&id, text) ||
        !kette_hash_equal(&id, &kette_chain_tip(chain)->id))
        complain(node, SIM_REMOTE_OTHER_TIP);
}

bool
live_stage_compare(LiveStage *stage, GError **error)
{
    for (uint32_t i = 0; i < stage->count; i++) {
        Node *node = node_at(stage, i);
        g_autoptr(JsonObject) status = ask(node, live_process_request("status"));

        if (status == NULL)
            continue;
        tell_all(node);
        count_sent(node, status);
        compare_tip(node, status);
    }
    return is_well(stage, error);
}

/* --- life --------------------------------------------------------------------------------- */

static void
init_node(LiveStage *stage, uint32_t index)
{
    Node *node = node_at(stage, index);
    g_autofree char *folder =
        g_build_filename(stage->spec.folder, scn_of(stage, index)->name, NULL);

    *node = (Node){
        .stage = stage,
        .index = index,
        .den = 1,
        .clock_offset = scn_of(stage, index)->clock_ns,
        .waiting = g_queue_new(),
        .process = live_process_new(scn_of(stage, index)->name, folder, on_event, node),
    };
}

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
    stage->nodes = g_new0(Node, stage->count);
    for (uint32_t i = 0; i < stage->count; i++)
        init_node(stage, i);
    return stage;
}

char *
live_stage_addresses(const LiveStage *stage)
{
    g_autofree char *first = address_of(stage, 0), *last = address_of(stage, stage->count - 1);

    return g_strdup_printf("%s to %s", first, last);
}

const SimRemote *
live_stage_remote(LiveStage *stage)
{
    return &stage->remote;
}

void
live_stage_free(LiveStage *stage)
{
    if (stage == NULL)
        return;
    for (uint32_t i = 0; i < stage->count; i++)
        live_process_terminate(node_at(stage, i)->process);
    for (uint32_t i = 0; i < stage->count; i++) {
        live_process_free(node_at(stage, i)->process);
        g_queue_free_full(node_at(stage, i)->waiting, told_free);
    }
    live_switch_free(stage->sw);
    g_free(stage->nodes);
    g_array_unref(stage->connected);
    g_clear_error(&stage->error);
    g_free(stage);
}
