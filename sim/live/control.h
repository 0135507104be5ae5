/* The Unix socket on which a node's operator asks, orders and listens.
 *
 * The socket is FOLDER/control, for its owner alone. Requests and answers are JSON objects, one a
 * line; each request has one answer, in order. An answer has "reply" with the request's word, or
 * "error" with a sentence. docs/live.md has the words.
 *
 * After {"do":"watch"} the node also tells what happens in it, as lines with "event". An answer
 * comes after the events that its request has caused. An event is on the node's disk before it is
 * told.
 */
#ifndef SIM_LIVE_CONTROL_H
#define SIM_LIVE_CONTROL_H

#include "sim/live/node.h"

#define LIVE_CONTROL_SOCKET "control" /* name in the folder */
/* Longest request. A payment is 288 hex digits. */
#define LIVE_CONTROL_LINE_MAX 65536
/* Unsent bytes above which a watcher is disconnected, because it does not read. */
#define LIVE_CONTROL_OUT_MAX (256u << 20)

typedef struct LiveControl LiveControl;

typedef struct {
    const char *name;
    LiveNode *node;    /* borrowed */
    KetteStore *store; /* borrowed; the node's */
    /* Returns the payment of that name, borrowed, or NULL if there is none. */
    KetteTx *(*find_tx)(void *user, const char *name);
    /* Lets the node begin, with its time 0 at that moment of CLOCK_MONOTONIC. Returns false if the
     * node has begun already. */
    bool (*begin)(void *user, int64_t zero_ns);
    void (*stop)(void *user); /* the operator wants the node to end */
    void *user;
} LiveControlSpec;

/* Makes the socket. Returns NULL with an error. */
LiveControl *live_control_new(const char *folder, const LiveControlSpec *spec, GError **error);
/* Sends the queued lines, as far as the other ends take them at once, and removes the socket. The
 * node must do nothing more before it is freed. */
void live_control_free(LiveControl *control);

#endif
