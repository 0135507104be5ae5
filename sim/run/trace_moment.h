/* The world at a moment, reconstructed from the events of a trace.
 *
 * Level summary has no tips, arrivals and transactions, and only level full has messages. What the
 * trace lacks is empty here, and every node is at genesis.
 */
#ifndef SIM_RUN_TRACE_MOMENT_H
#define SIM_RUN_TRACE_MOMENT_H

#include "sim/run/trace_reader.h"

typedef struct {
    SimTime sent_ns, due_ns;
    uint32_t src, dst;
    int64_t bytes;
    char *kind, *fate;
} SimMomentMessage;

/* A transaction in a node's mempool: accepted, not removed since, and in no block of the node's
 * chain. */
typedef struct {
    SimTime time;
    uint32_t node, tx;
    bool held;
    bool returned; /* returned by a reorganisation */
} SimMomentTx;

typedef struct {
    SimTime at;
    GArray *tips;        /* uint32_t, indexed by node */
    GArray *faults;      /* uint32_t: indices of the faults in force, in the reader's order */
    GArray *secrets;     /* const char *, indexed by block: "withheld" or "given-up" if its strategy
                          * keeps it secret; NULL: it does not */
    GPtrArray *messages; /* SimMomentMessage: in flight, by due time */
    GArray *txs;         /* SimMomentTx in a mempool, in order of their first event */
} SimMoment;

/* Returns false with SIM_RUN_ERROR_TRACE. */
bool sim_moment_read(SimTraceReader *reader, SimTime at, SimMoment *ret_moment, GError **error);
void sim_moment_clear(SimMoment *moment);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SimMoment, sim_moment_clear)

/* Returns the nodes (uint32_t, for the caller to unref) at which a fault in force at that time
 * still is. The faults of edges and of the network are at all their nodes until they end. */
GArray *sim_moment_fault_nodes(const SimTraceReader *reader, uint32_t fault, SimTime at);

/* A step in the life of a block or transaction. */
typedef struct {
    SimTime time;
    uint32_t node; /* UINT32_MAX: none */
    uint32_t from; /* may be UINT32_MAX */
    uint32_t tip;  /* the new tip if the chain moved; or UINT32_MAX */
    /* found header body active out verdict withheld released given-up; accepted returned dropped
     * lost verdict undone */
    const char *what;
    char *detail;          /* name of a verdict; or NULL */
    int64_t confirmations; /* of what is undone; or -1 */
} SimLifeStep;

/* Returns SimLifeStep in order of time: discovery; arrival of header and body at nodes; `active`
 * and `out` when a node's chain adopts or abandons the block; refusals; what the strategy of its
 * miner did. NULL with an error. */
GPtrArray *sim_block_life(SimTraceReader *reader, uint32_t block, GError **error);
/* Returns SimLifeStep in order of time: entering and leaving mempools, refusals, and losses of
 * all confirmations. NULL with an error. */
GPtrArray *sim_tx_life(SimTraceReader *reader, uint32_t tx, GError **error);
/* Returns the blocks that contain the transaction, in order of discovery; the caller frees it. */
GArray *sim_tx_blocks(const SimTraceReader *reader, uint32_t tx);

#endif
