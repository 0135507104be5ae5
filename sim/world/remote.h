/* Worlds whose nodes run elsewhere, in processes of their own (`kettensim live`).
 *
 * In such a world each host's node is a shadow: it sends nothing, sets no timer and draws no block.
 * It is given what its process says it has accepted, in that order, so that every question about
 * the world is answered from the same chain code as in a simulation. What the scenario does to a
 * node is passed on to its process. Tips are compared: a process that stands elsewhere than its
 * shadow is a fault of this program, or of the node, and is reported.
 */
#ifndef SIM_WORLD_REMOTE_H
#define SIM_WORLD_REMOTE_H

#include "sim/world/world.h"

/* How the world reaches its processes. No function changes the world but by sim_remote_told(). */
struct SimRemote {
    void *user;
    /* The node is up from now on: starts its process. It may be some time until the process
     * answers; orders wait for that. */
    void (*start)(void *user, uint32_t node);
    bool (*answers)(void *user, uint32_t node);
    /* Ends the process at once, as a crash does; `wipe` removes what it has saved. */
    void (*kill)(void *user, uint32_t node, bool wipe);
    /* Returns what a node that is down has saved, to be freed. */
    GByteArray *(*read_log)(void *user, uint32_t node);
    void (*pause)(void *user, uint32_t node, bool paused);
    /* It mines with num/den of the hash power from now on; num 0: not at all. Often repeated. */
    void (*set_share)(void *user, uint32_t node, uint64_t num, uint64_t den);
    void (*set_clock)(void *user, uint32_t node, SimTime offset);
    /* Makes a block on the node's tip, or offers it a payment. What the process tells because of
     * that has been told before these return. */
    KetteVerdict (*mine)(void *user, uint32_t node);
    KetteVerdict (*submit)(void *user, uint32_t node, KetteTx *tx);
};

#define SIM_REMOTE_OTHER_TIP                                                                       \
    "stands on another tip than its blocks lead to: its process and this program disagree"

/* What a process tells. */
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

/* Lets the shadow follow. Returns NULL, or how the two differ, as it follows the node's name;
 * borrowed until the next call. */
const char *sim_remote_told(SimWorld *world, const SimTold *told);
/* Add to the messages that nodes have sent, and to a node's bytes. */
void sim_remote_sent(SimWorld *world, KetteMessageKind kind, uint64_t messages);
void sim_remote_sent_bytes(SimWorld *world, uint32_t node, uint64_t bytes);

#endif
