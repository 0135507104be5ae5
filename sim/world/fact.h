/* Facts: what happens in a world, for whoever watches: the digest, the trace, the log.
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
    SIM_FACT_BLOCK,       /* a block exists for the first time anywhere: node is its maker */
    SIM_FACT_HEADER,      /* node learnt a header: block, from */
    SIM_FACT_BODY,        /* a body joined node's tree: block, from (NONE: its own) */
    SIM_FACT_ORPHAN,      /* a body waits at node for its parent: hash, from */
    SIM_FACT_TIP,         /* node's tip moved: block, old_block, depth taken out */
    SIM_FACT_VERDICT,     /* node refused a block or transaction: hash, name, from */
    SIM_FACT_TX_ACCEPTED, /* into node's mempool: hash, from */
    SIM_FACT_TX_RETURNED, /* back into it from a branch that lost: hash */
    SIM_FACT_TX_DROPPED,  /* out of it and not into a block: hash */
    SIM_FACT_READY,       /* node finished a handshake with from */
    SIM_FACT_FAULT,       /* a partition began or ended, mining went on or off: name */
    SIM_FACT_BANNED,      /* node banned from: name is the reason */
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
    const KetteBlock *body; /* SIM_FACT_BLOCK, while it is told; else NULL */
} SimFact;

/* What happened to the network at one moment, by an action or by itself, as data: what of it stays
 * in force, and what has come to its end with it. */
typedef struct {
    uint32_t number; /* from 1, in order of telling */
    SimTime time;
    const char *kind;      /* the word of the action, "end", …: see docs/trace-schema.md */
    const char *text;      /* the action as written */
    bool begins;           /* something that it began is in force */
    const uint32_t *ended; /* numbers of earlier ones, of each of which the last part now ended */
    size_t ended_count;
    const uint32_t *nodes; /* those that it was done to; sorted, without doubles */
    size_t node_count;
} SimFaultNote;

typedef struct {
    void *user;
    void (*fact)(void *user, const SimFact *fact);
    /* A message met its fate; may be NULL. */
    void (*message)(void *user, const SimPacket *packet, SimFate fate);
    /* What no digest has; each may be NULL. A connection opened or closed: the even one of its
     * two edges. A crash took a transaction out of node's mempool. A fault began or ended. */
    void (*connection)(void *user, SimTime time, uint32_t edge, bool open);
    void (*tx_lost)(void *user, SimTime time, uint32_t node, const uint8_t *hash);
    void (*fault)(void *user, const SimFaultNote *note);
} SimWatcher;

#endif
