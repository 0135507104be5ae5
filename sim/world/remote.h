/* Worlds whose nodes run elsewhere, in processes of their own (`kettensim live`).
 *
 * In such a world each host's node is a shadow: it sends nothing, sets no timer and draws no block.
 * It gets the blocks and payments that its process has accepted, in that order, so the same chain
 * code as in a simulation answers every question about the world. Actions of the scenario go on to
 * the process. Tips are compared: if a process has another tip than its shadow, this program or the
 * node is at fault, and the difference is reported.
 */
#ifndef SIM_WORLD_REMOTE_H
#define SIM_WORLD_REMOTE_H

#include "sim/world/world.h"

/* The functions by which the world reaches its processes. They may call sim_remote_told(), and
 * change the world in no other way. */
struct SimRemote {
    void *user;
    /* Starts the process of a node that comes up. Orders wait until the process answers. */
    void (*start)(void *user, uint32_t node);
    bool (*answers)(void *user, uint32_t node);
    /* Ends the process at once, as a crash does; `wipe` removes its log. */
    void (*kill)(void *user, uint32_t node, bool wipe);
    /* Returns the log of a node that is down, to be freed. */
    GByteArray *(*read_log)(void *user, uint32_t node);
    void (*pause)(void *user, uint32_t node, bool paused);
    /* Sets the node's share of the hash power to num/den; num 0: it does not mine. The world often
     * repeats the same share. */
    void (*set_share)(void *user, uint32_t node, uint64_t num, uint64_t den);
    void (*set_clock)(void *user, uint32_t node, SimTime offset);
    /* Make a block on the node's tip, or offer it a payment. They return after sim_remote_told()
     * has got every event that follows from it. */
    KetteVerdict (*mine)(void *user, uint32_t node);
    KetteVerdict (*submit)(void *user, uint32_t node, KetteTx *tx);
};

#define SIM_REMOTE_OTHER_TIP                                                                       \
    "stands on another tip than its blocks lead to: its process and this program disagree"

/* An event that a process reports. */
typedef struct {
    KetteNoteKind kind;
    SimTime at;          /* by the node's clock */
    uint32_t node, from; /* from: SIM_NODE_NONE for what it made itself */
    KetteHash id;        /* of the block or payment; zero if there is none */
    KetteBlock *block;   /* BODY; else NULL */
    KetteTx *tx;         /* of payments; else NULL */
    KetteVerdict verdict;
    const char *reason; /* BANNED; borrowed for as long as the world is there */
} SimTold;

/* Applies the event to the node's shadow. Returns NULL if the shadow agrees. Otherwise returns how
 * they differ, as words that follow the node's name; borrowed until the next call. */
const char *sim_remote_told(SimWorld *world, const SimTold *told);
/* Add to the number of messages that nodes have sent, and to the bytes that a node has sent. */
void sim_remote_sent(SimWorld *world, KetteMessageKind kind, uint64_t messages);
void sim_remote_sent_bytes(SimWorld *world, uint32_t node, uint64_t bytes);

#endif
