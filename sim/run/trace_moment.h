/* The world of a trace at a moment: what its events up to then amount to.
 *
 * A trace of level summary has no tips, arrivals and transactions, one below full no messages; what
 * it has not is empty here, and every node stands on genesis.
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

/* In the node's mempool: taken into it, not out of it since, and in no block of its chain. */
typedef struct {
    SimTime time;
    uint32_t node, tx;
    bool held;
    bool returned; /* by a branch that lost */
} SimMomentTx;

typedef struct {
    SimTime at;
    GArray *tips;        /* uint32_t, by node */
    GArray *faults;      /* uint32_t: rows of the reader's faults that are in force, in order */
    GPtrArray *messages; /* SimMomentMessage: in flight, by due time */
    GArray *txs;         /* SimMomentTx, held ones alone, in order of their first event */
} SimMoment;

/* False with SIM_RUN_ERROR_TRACE. */
bool sim_moment_read(SimTraceReader *reader, SimTime at, SimMoment *ret_moment, GError **error);
void sim_moment_clear(SimMoment *moment);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SimMoment, sim_moment_clear)

/* One step of the life of a block or transaction. */
typedef struct {
    SimTime time;
    uint32_t node; /* UINT32_MAX: nobody's */
    uint32_t from; /* node, or UINT32_MAX */
    uint32_t tip;  /* of a move of the chain; or UINT32_MAX */
    const char
        *what;    /* found header body active out verdict; accepted returned dropped lost verdict */
    char *detail; /* a verdict's name; or NULL */
} SimLifeStep;

/* SimLifeStep, in order of time: when it was found; headers and bodies as they came to nodes;
 * `active` and `out` when a node's chain took it in or gave it up; refusals. NULL with an error. */
GPtrArray *sim_block_life(SimTraceReader *reader, uint32_t block, GError **error);
/* SimLifeStep, in order of time: how a transaction went into mempools and out of them, and who
 * refused it. NULL with an error. */
GPtrArray *sim_tx_life(SimTraceReader *reader, uint32_t tx, GError **error);
/* The blocks that hold it, in order of discovery; to be freed. */
GArray *sim_tx_blocks(const SimTraceReader *reader, uint32_t tx);

#endif
