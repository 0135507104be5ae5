/* Facts: what happens in a world, for its watchers: the digest, the trace, the log.
 *
 * Watching changes nothing. Blocks are named by their ref (an index in order of discovery, genesis
 * is 0) and by hash; nodes by index. Times are virtual, ns.
 */
#ifndef SIM_WORLD_FACT_H
#define SIM_WORLD_FACT_H

#include "core/chain/block.h"
#include "sim/net/net.h"

#define SIM_BLOCK_NONE UINT32_MAX
#define SIM_NODE_NONE UINT32_MAX

/* The numbers reach the digest: new kinds go to the end. */
typedef enum {
    SIM_FACT_BLOCK,          /* a block exists for the first time anywhere: node is its maker */
    SIM_FACT_HEADER,         /* node learnt a header: block, from */
    SIM_FACT_BODY,           /* a body joined node's tree: block, from (NONE: node made it) */
    SIM_FACT_ORPHAN,         /* a body waits at node for its parent: hash, from */
    SIM_FACT_TIP,            /* node's tip moved: block, old_block, depth of the reorganisation */
    SIM_FACT_VERDICT,        /* node refused a block or transaction: hash, name, from */
    SIM_FACT_TX_ACCEPTED,    /* entered node's mempool: hash, from */
    SIM_FACT_TX_RETURNED,    /* returned to it from a branch that lost: hash */
    SIM_FACT_TX_DROPPED,     /* left it, but not for a block: hash */
    SIM_FACT_READY,          /* node finished a handshake with from */
    SIM_FACT_FAULT,          /* a partition began or ended, mining went on or off: name */
    SIM_FACT_BANNED,         /* node banned from: name is the reason */
    SIM_FACT_WITHHELD,       /* node's strategy holds a block that node made: block */
    SIM_FACT_RELEASED,       /* it publishes the block, after all: block */
    SIM_FACT_GIVEN_UP,       /* it will never publish the block: block */
    SIM_FACT_UPGRADE_NEEDED, /* node sees signs of rules that it does not know: hash of a block */
    SIM_FACT_KIND_COUNT
} SimFactKind;

/* "block", "header", …: the names that logs and filters use. */
const char *sim_fact_kind_name(SimFactKind kind);

typedef struct {
    SimFactKind kind;
    SimTime time;
    uint32_t node;
    uint32_t from;
    uint32_t block, old_block;
    uint32_t depth;
    const uint8_t *hash;    /* 32 bytes, of the block or transaction */
    const char *name;       /* of the verdict or fault */
    bool is_tx;             /* SIM_FACT_VERDICT */
    const KetteBlock *body; /* SIM_FACT_BLOCK: valid during the call; else NULL */
} SimFact;

/* A fault of an earlier note has ended at a node; it may go on at others. */
typedef struct {
    uint32_t note;
    uint32_t node;
} SimFaultRelease;

#define SIM_SIDE_BOTH 0
#define SIM_SIDE_NONE UINT32_MAX

/* A node at which a fault began or ended. side: its group in a partition, from 1; 1 for a sender
 * and 2 for a receiver of a one-way cut; BOTH if it is on both sides; NONE for all other faults. */
typedef struct {
    uint32_t node;
    uint32_t side;
} SimFaultNode;

/* What an action, or something that happened by itself, did to the network at one moment: which
 * faults began and are in force, and which ended. */
typedef struct {
    uint32_t number; /* from 1, in order of telling */
    SimTime time;
    const char *kind;      /* the word of the action, "end", …: see docs/trace-schema.md */
    const char *text;      /* the action as written */
    bool begins;           /* a fault that it began is in force */
    const uint32_t *ended; /* numbers of the earlier notes whose last fault now ended */
    size_t ended_count;
    const SimFaultRelease *released; /* in the order in which the faults ended */
    size_t released_count;
    const SimFaultNode *nodes; /* the nodes affected; sorted, each once */
    size_t node_count;
} SimFaultNote;

typedef struct {
    void *user;
    void (*fact)(void *user, const SimFact *fact);
    /* A message met its fate; may be NULL. */
    void (*message)(void *user, const SimPacket *packet, SimFate fate);
    /* These do not reach the digest; each may be NULL. connection: it opened or closed, `edge` is
     * its even edge. tx_lost: a crash removed a transaction from node's mempool. tx_undone: a
     * reorganisation at node left a transaction of the scenario without a confirmation, which had
     * some. fault: one began or ended. */
    void (*connection)(void *user, SimTime time, uint32_t edge, bool open);
    void (*tx_lost)(void *user, SimTime time, uint32_t node, const uint8_t *hash);
    void (*tx_undone)(void *user, SimTime time, uint32_t node, const uint8_t *hash,
                      uint64_t confirmations);
    void (*fault)(void *user, const SimFaultNote *note);
} SimWatcher;

#endif
