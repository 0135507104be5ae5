/* LiveNode: a node of core/ with a real clock, TCP connections and a log on disk.
 *
 * Implements the node's door (core/node/host.h) for real sockets. It runs in the GLib main loop of
 * the thread that made it. Each record is synced to the disk before anything that follows from it
 * is sent: bytes to peers wait for that, and so do answers to the operator.
 */
#ifndef SIM_LIVE_NODE_H
#define SIM_LIVE_NODE_H

#include "core/node/node.h"
#include "sim/live/address.h"
#include "sim/live/clock.h"

typedef struct LiveNode LiveNode;

/* Receives every event of the node. The node is busy meanwhile, so the watcher must not call into
 * it. `from` is the address of the peer whose message caused the event, or NULL if none did. */
typedef struct {
    void *user;
    void (*note)(void *user, const KetteNote *note, const char *from, int64_t now_ns);
} LiveWatch;

typedef struct {
    const char *folder; /* of the log */
    KetteStore *store;  /* borrowed, and outlives the node */
    KetteNodeConfig config;
    const LiveClock *clock;     /* borrowed; may change until live_node_start() */
    GInetSocketAddress *listen; /* borrowed */
    /* Called when the node cannot go on, for example because its disk is full. */
    void (*failed)(void *user, const GError *error);
    void *user;
} LiveNodeSpec;

/* Locks the folder, restores the records of its log, and listens. Returns NULL with an error. */
LiveNode *live_node_new(const LiveNodeSpec *spec, GError **error);
/* Syncs the log and closes everything. */
void live_node_free(LiveNode *node);
/* Copies the watcher. Watchers are told in order of adding. */
void live_node_watch(LiveNode *node, const LiveWatch *watch);
/* Begins to talk, and to mine if it has a share. */
void live_node_start(LiveNode *node);

/* --- what its operator may do; the rest is in core/node/node.h, by live_node_core() --- */
/* Keep a connection to the address open, or no more. Return false if nothing changes. */
bool live_node_connect(LiveNode *node, GInetSocketAddress *address);
bool live_node_disconnect(LiveNode *node, GInetSocketAddress *address);
/* Treats connections from that host as standing ones, which no limit counts. */
void live_node_expect(LiveNode *node, GInetAddress *host);
void live_node_set_share(LiveNode *node, uint64_t num, uint64_t den); /* num 0: does not mine */
void live_node_set_clock_offset(LiveNode *node, int64_t offset_ns);
/* Call these before and after functions of core/. _enter returns the node's time. _leave returns
 * false if the node cannot go on. */
int64_t live_node_enter(LiveNode *node);
bool live_node_leave(LiveNode *node);
KetteNode *live_node_core(LiveNode *node);

/* --- questions --- */
typedef struct {
    int64_t now_ns, log_bytes;
    uint64_t sent_bytes, received_bytes;
    uint64_t sent[KETTE_MSG_COUNT]; /* messages by kind */
    uint64_t mined, reorgs, max_reorg;
    uint32_t connections;
} LiveNodeStatus;

LiveNodeStatus live_node_status(const LiveNode *node);
/* Returns the address of an open connection, or NULL. Numbers are below live_node_numbers(). */
const char *live_node_peer(const LiveNode *node, uint32_t number);
uint32_t live_node_numbers(const LiveNode *node);

#endif
