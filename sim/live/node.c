/* Implements the door of a node with real clocks, sockets and files; see node.h. */
#include "sim/live/node.h"

#include "core/base/limits.h"
#include "sim/live/disk.h"
#include "sim/live/miner.h"
#include "sim/live/peers.h"
#include "sim/live/timer.h"

#include <openssl/rand.h>

/* A timer with its node and its kind. */
typedef struct {
    LiveNode *node;
    LiveTimer *timer;
    KetteTimer kind;
} NodeTimer;

struct LiveNode {
    LiveNodeSpec spec;
    KetteNode *core;
    LiveDisk *disk;
    LivePeers *peers;
    LiveMiner *miner;
    NodeTimer timers[KETTE_TIMER_COUNT];
    GArray *watches;       /* LiveWatch */
    LiveNodeStatus status; /* what is counted */
    GError *error;         /* the error that has ended the node, or NULL */
};

static int64_t
now_of(const LiveNode *node)
{
    return live_clock_now(node->spec.clock);
}

/* Reports the first error to the owner, which ends the node; takes over the error. */
static void
fail(LiveNode *node, GError *error)
{
    if (node->error != NULL) {
        g_error_free(error);
        return;
    }
    node->error = error;
    node->spec.failed(node->spec.user, error);
}

/* Returns whether everything that was saved is on the disk. */
static bool
is_safe(LiveNode *node)
{
    GError *error = NULL;

    if (node->error == NULL && !live_disk_sync(node->disk, &error))
        fail(node, error);
    return node->error == NULL;
}

/* --- the door ----------------------------------------------------------------------------- */

static void
door_send(void *user, uint32_t peer, KetteMessage *message)
{
    LiveNode *node = user;
    KetteStore *store = node->spec.store;
    GByteArray *frame = kette_message_serialize(kette_store_hasher(store), message,
                                                &kette_store_genesis(store)->id);

    node->status.sent[message->kind]++;
    node->status.sent_bytes += frame->len;
    kette_message_unref(message);
    live_peers_send(node->peers, peer, frame);
}

static void
door_set_timer(void *user, KetteTimer timer, int64_t delay_ns)
{
    LiveNode *node = user;
    int64_t now = now_of(node);
    int64_t due = delay_ns < INT64_MAX - now ? now + delay_ns : INT64_MAX;

    live_timer_set(node->timers[timer].timer, live_clock_moment(node->spec.clock, due));
}

static void
door_cancel_timer(void *user, KetteTimer timer)
{
    live_timer_stop(((LiveNode *)user)->timers[timer].timer);
}

static uint64_t
draw_random(void *user)
{
    uint64_t bits;

    (void)user;
    if (RAND_bytes((unsigned char *)&bits, sizeof bits) != 1)
        g_error("the system gives no random numbers");
    return bits;
}

static void
door_save(void *user, const uint8_t *record, size_t len)
{
    LiveNode *node = user;
    GError *error = NULL;

    if (node->error == NULL && !live_disk_append(node->disk, record, len, &error))
        fail(node, error);
}

static void
door_note(void *user, const KetteNote *note)
{
    LiveNode *node = user;
    const char *from = live_peers_address(node->peers, note->peer);

    if (note->kind == KETTE_NOTE_BODY)
        node->status.mined += note->peer == KETTE_PEER_SELF;
    if (note->kind == KETTE_NOTE_TIP) {
        uint64_t depth = note->old_tip->height - note->fork->height;

        node->status.reorgs += depth > 0;
        node->status.max_reorg = MAX(node->status.max_reorg, depth);
    }
    for (guint i = 0; i < node->watches->len; i++) {
        const LiveWatch *watch = &g_array_index(node->watches, LiveWatch, i);

        watch->note(watch->user, note, from, now_of(node));
    }
}

static void
door_connect(void *user, const KettePeerAddress *address)
{
    g_autoptr(GInetSocketAddress) to = live_address_of_core(address);

    live_peers_dial(((LiveNode *)user)->peers, to);
}

static void
door_disconnect(void *user, uint32_t peer)
{
    live_peers_close(((LiveNode *)user)->peers, peer);
}

/* Adds no delay: checking a block takes real time here. */
static bool
door_check(void *user, uint32_t peer, KetteBlock *block)
{
    (void)user, (void)peer, (void)block;
    return false;
}

static bool
door_go_on(void *user)
{
    return ((LiveNode *)user)->error == NULL;
}

static KetteHost
door_of(LiveNode *node)
{
    return (KetteHost){
        .user = node,
        .send = door_send,
        .set_timer = door_set_timer,
        .cancel_timer = door_cancel_timer,
        .random = draw_random,
        .save = door_save,
        .note = door_note,
        .connect = door_connect,
        .disconnect = door_disconnect,
        .check = door_check,
        .go_on = door_go_on,
    };
}

/* --- into the node ------------------------------------------------------------------------ */

int64_t
live_node_enter(LiveNode *node)
{
    return now_of(node);
}

bool
live_node_leave(LiveNode *node)
{
    live_miner_arm(node->miner); /* the tip may have moved */
    return is_safe(node);
}

static void
on_timer(void *user)
{
    NodeTimer *timer = user;
    LiveNode *node = timer->node;

    kette_node_timer(node->core, timer->kind, live_node_enter(node));
    (void)live_node_leave(node);
}

static void
on_mined(void *user)
{
    (void)is_safe(user);
}

static void
on_opened(void *user, uint32_t number, bool outbound, bool standing,
          const KettePeerAddress *address)
{
    LiveNode *node = user;
    int64_t now = live_node_enter(node);

    if (standing)
        kette_node_add_peer(node->core, number, outbound, now);
    else
        kette_node_add_peer_at(node->core, number, outbound, address, now);
    (void)live_node_leave(node);
}

static void
on_closed(void *user, uint32_t number, const char *why)
{
    LiveNode *node = user;

    (void)why;
    kette_node_remove_peer(node->core, number, live_node_enter(node));
    (void)live_node_leave(node);
}

static void
on_frame(void *user, uint32_t number, const uint8_t *frame, gsize len)
{
    LiveNode *node = user;
    KetteStore *store = node->spec.store;
    g_autoptr(KetteMessage) message =
        kette_message_parse(kette_store_hasher(store), frame, len, &kette_store_genesis(store)->id);
    int64_t now = live_node_enter(node);

    if (message == NULL) { /* TCP lost nothing, so the other end speaks another language */
        live_peers_close(node->peers, number);
        kette_node_remove_peer(node->core, number, now);
    } else {
        kette_node_receive(node->core, number, message, now);
    }
    (void)live_node_leave(node);
}

static bool
on_may_send(void *user)
{
    return is_safe(user);
}

/* --- life --------------------------------------------------------------------------------- */

static void
make_timers(LiveNode *node)
{
    for (unsigned i = 0; i < KETTE_TIMER_COUNT; i++) {
        NodeTimer *timer = &node->timers[i];

        *timer = (NodeTimer){node, NULL, (KetteTimer)i};
        timer->timer = live_timer_new(on_timer, timer);
    }
}

/* Returns the longest payload that a peer may send: a batch of headers, or as many bodies as one
 * answer may have. */
static uint32_t
longest_payload(const KetteStore *store)
{
    uint64_t bodies = (uint64_t)kette_store_params(store)->max_block_bytes * KETTE_SYNC_BLOCKS_MAX;

    return (uint32_t)MIN(MAX(bodies + 4096, 1u << 20), KETTE_MESSAGE_MAX_BYTES);
}

static bool
open_peers(LiveNode *node, GError **error)
{
    const LivePeersFuncs funcs = {node, on_opened, on_closed, on_frame, on_may_send};
    const LivePeersSpec spec = {
        .genesis = kette_store_genesis(node->spec.store)->id,
        .most = longest_payload(node->spec.store),
        .listen = node->spec.listen,
        .accepts = node->spec.config.port != 0,
        .clock = node->spec.clock,
        .backoff_min_ns = MAX(node->spec.config.backoff_min_ns, 1),
        .backoff_max_ns = MAX(node->spec.config.backoff_max_ns, 1),
    };

    node->peers = live_peers_new(&spec, &funcs, error);
    return node->peers != NULL;
}

static bool
restore(LiveNode *node, GError **error)
{
    g_autoptr(GByteArray) log = live_disk_read(node->disk, error);
    size_t sound;

    if (log == NULL)
        return false;
    sound = kette_node_restore(node->core, log->data, log->len, now_of(node));
    return live_disk_cut(node->disk, sound, error);
}

static LiveMiner *
new_miner(LiveNode *node)
{
    const LiveMinerSpec spec = {
        .node = node->core,
        .store = node->spec.store,
        .clock = node->spec.clock,
        .random = draw_random,
        .acted = on_mined,
        .user = node,
    };

    return live_miner_new(&spec);
}

LiveNode *
live_node_new(const LiveNodeSpec *spec, GError **error)
{
    LiveNode *node = g_new0(LiveNode, 1);
    KetteHost door = door_of(node);

    node->spec = *spec;
    node->watches = g_array_new(FALSE, FALSE, sizeof(LiveWatch));
    make_timers(node);
    node->core = kette_node_new(spec->store, &spec->config, &door);
    node->miner = new_miner(node);
    node->disk = live_disk_open(spec->folder, error);
    if (node->disk == NULL || !restore(node, error) || !open_peers(node, error)) {
        live_node_free(node);
        return NULL;
    }
    return node;
}

void
live_node_free(LiveNode *node)
{
    if (node == NULL)
        return;
    if (node->disk != NULL && node->error == NULL)
        (void)is_safe(node);
    live_peers_free(node->peers);
    live_miner_free(node->miner);
    kette_node_free(node->core);
    for (unsigned i = 0; i < KETTE_TIMER_COUNT; i++)
        live_timer_free(node->timers[i].timer);
    live_disk_close(node->disk);
    g_array_unref(node->watches);
    g_clear_error(&node->error);
    g_free(node);
}

void
live_node_watch(LiveNode *node, const LiveWatch *watch)
{
    g_array_append_vals(node->watches, watch, 1);
}

void
live_node_start(LiveNode *node)
{
    kette_node_start(node->core, live_node_enter(node));
    (void)live_node_leave(node);
}

/* --- its operator ------------------------------------------------------------------------- */

bool
live_node_connect(LiveNode *node, GInetSocketAddress *address)
{
    return live_peers_keep(node->peers, address);
}

bool
live_node_disconnect(LiveNode *node, GInetSocketAddress *address)
{
    uint32_t number;
    bool was_kept = live_peers_forget(node->peers, address, &number);

    if (number != UINT32_MAX)
        kette_node_remove_peer(node->core, number, live_node_enter(node));
    (void)live_node_leave(node);
    return was_kept;
}

void
live_node_expect(LiveNode *node, GInetAddress *host)
{
    live_peers_expect(node->peers, host);
}

void
live_node_set_share(LiveNode *node, uint64_t num, uint64_t den)
{
    live_miner_set_share(node->miner, num, den);
}

void
live_node_set_clock_offset(LiveNode *node, int64_t offset_ns)
{
    kette_node_set_clock_offset(node->core, offset_ns);
    live_miner_set_clock_offset(node->miner, offset_ns);
}

KetteNode *
live_node_core(LiveNode *node)
{
    return node->core;
}

/* --- questions ---------------------------------------------------------------------------- */

LiveNodeStatus
live_node_status(const LiveNode *node)
{
    LiveNodeStatus status = node->status;

    status.now_ns = now_of(node);
    status.log_bytes = live_disk_bytes(node->disk);
    status.received_bytes = live_peers_received(node->peers);
    for (uint32_t i = 0; i < live_peers_numbers(node->peers); i++)
        status.connections += live_peers_address(node->peers, i) != NULL;
    return status;
}

const char *
live_node_peer(const LiveNode *node, uint32_t number)
{
    return live_peers_address(node->peers, number);
}

uint32_t
live_node_numbers(const LiveNode *node)
{
    return live_peers_numbers(node->peers);
}
