/* The observer's ledger: every block of a run, when each node had it, and how tips moved.
 *
 * The ledger only observes. It need not keep what nothing will ask for: see SimForget. Then the
 * arrivals of a block that every node has are freed, and the ledger of a long run stays small.
 *
 * Blocks are interned by id in order of discovery. So refs are the same whether nodes share one
 * store or not, while the numbers in the stores differ.
 */
#ifndef SIM_WORLD_LEDGER_H
#define SIM_WORLD_LEDGER_H

#include "core/chain/entry.h"
#include "sim/world/fact.h"
#include "sim/world/forget.h"

typedef struct {
    KetteHash id;
    KetteU256 work;
    uint64_t height;
    uint32_t parent; /* ref, NONE for genesis */
    uint32_t miner;  /* node, or NONE */
    uint32_t bytes;  /* size of its NEW_BLOCK message */
    uint32_t tx_count;
    uint64_t reward; /* subsidy and fees, 10^-8 tokens */
    SimTime found_ns;
    uint32_t joined;    /* how many nodes' trees have had it */
    GArray *arrivals;   /* SimArrival by node; as long as the highest node that has it */
    SimTime *quantiles; /* replaces arrivals: when each share of `forget` had the body */
} SimLedgerBlock;

/* When a node first had each, and when the block first joined its tree, which waits for the parent;
 * -1: not yet. */
typedef struct {
    SimTime header_ns, body_ns, joined_ns;
} SimArrival;

typedef struct {
    SimTime time_ns;
    uint32_t node, block;
} SimTipMove;

typedef struct {
    GArray *blocks;    /* SimLedgerBlock */
    GHashTable *by_id; /* KetteHash * -> ref + 1 */
    GArray *tip_moves; /* SimTipMove, in order */
    GArray *tips;      /* uint32_t by node */
    guint64 move_count;
    SimForget forget;
    GArray *complete; /* uint32_t: blocks that all nodes have; freed at the next new block */
} SimLedger;

void sim_ledger_init(SimLedger *ledger, const SimForget *forget);
void sim_ledger_clear(SimLedger *ledger);

/* Adds a node whose tip is genesis. */
void sim_ledger_add_node(SimLedger *ledger);

/* Returns the ref of an entry with a body; interns a new block and sets *ret_new. Its parent must
 * be interned already. */
uint32_t sim_ledger_intern(SimLedger *ledger, bool *ret_new, const KetteEntry *entry,
                           uint32_t miner, SimTime found_ns);
uint32_t sim_ledger_find(const SimLedger *ledger, const KetteHash *id); /* or NONE */
const SimLedgerBlock *sim_ledger_block(const SimLedger *ledger, uint32_t block);
uint32_t sim_ledger_count(const SimLedger *ledger);

/* Prefetches the lines that are written when the node gets the newest block. */
void sim_ledger_prefetch(const SimLedger *ledger, uint32_t node);
/* Record when a node got a header or a body, or when it joined; later calls for the same one are
 * ignored. What has joined has come, and so has the header of a body. */
void sim_ledger_set_joined(SimLedger *ledger, SimTime now, uint32_t block, uint32_t node);
void sim_ledger_set_body(SimLedger *ledger, SimTime now, uint32_t block, uint32_t node);
void sim_ledger_set_header(SimLedger *ledger, SimTime now, uint32_t block, uint32_t node);
SimArrival sim_ledger_arrived(const SimLedger *ledger, uint32_t block, uint32_t node);
void sim_ledger_move_tip(SimLedger *ledger, SimTime now, uint32_t node, uint32_t block);
uint32_t sim_ledger_tip(const SimLedger *ledger, uint32_t node);

/* See the functions of these names in observe.h. */
uint32_t sim_ledger_best_tip(const SimLedger *ledger, const uint32_t *nodes, size_t count);
bool sim_ledger_same_tip(const SimLedger *ledger, const uint32_t *nodes, size_t count,
                         uint64_t ignore_last);
SimTime sim_ledger_time_to_agree(const SimLedger *ledger, const uint32_t *nodes, size_t count,
                                 SimTime since_ns);
SimTime sim_ledger_propagation(const SimLedger *ledger, uint32_t block, uint32_t permille);
/* The same among these nodes only. */
SimTime sim_ledger_propagation_among(const SimLedger *ledger, uint32_t block, uint32_t permille,
                                     const uint32_t *nodes, size_t count);
bool sim_ledger_common_prefix(const SimLedger *ledger, const uint32_t *nodes, size_t count,
                              uint64_t less);

size_t sim_ledger_memory(const SimLedger *ledger); /* on the heap */

#endif
