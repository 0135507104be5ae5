/* What can be asked of a world: about nodes, blocks, transactions, and the network as a whole.
 *
 * The observer sees everything at once, as no node does. Nothing here changes the world. Refs are
 * those of world.h.
 */
#ifndef SIM_WORLD_OBSERVE_H
#define SIM_WORLD_OBSERVE_H

#include "sim/world/world.h"

uint32_t sim_world_node_count(const SimWorld *world);
const char *sim_world_node_name(const SimWorld *world, uint32_t node);
bool sim_world_node_is_script(const SimWorld *world, uint32_t node);
bool sim_world_node_is_miner(const SimWorld *world, uint32_t node);
uint16_t sim_world_node_port(const SimWorld *world, uint32_t node);
/* Of 100 % hash power, in units of 10^-9. */
int64_t sim_world_node_share_ppb(const SimWorld *world, uint32_t node);
KetteNode *sim_world_node(SimWorld *world, uint32_t node);
const SimStrategy *sim_world_strategy(const SimWorld *world, uint32_t node); /* NULL: honest */
SimAgent *sim_world_agent(const SimWorld *world, uint32_t node); /* NULL: it never had a strategy */
uint32_t sim_world_block_count(const SimWorld *world);
const KetteHash *sim_world_block_hash(const SimWorld *world, uint32_t block);
uint64_t sim_world_block_height(const SimWorld *world, uint32_t block);
uint32_t sim_world_block_parent(const SimWorld *world, uint32_t block);
uint32_t sim_world_block_miner(const SimWorld *world, uint32_t block); /* node, or NONE */
SimTime sim_world_block_found(const SimWorld *world, uint32_t block);
const KetteU256 *sim_world_block_work(const SimWorld *world, uint32_t block);
/* What a NEW_BLOCK with it costs a link, framing included. */
uint32_t sim_world_block_bytes(const SimWorld *world, uint32_t block);
uint32_t sim_world_block_tx_count(const SimWorld *world, uint32_t block);
/* When the body joined node's tree and when its header came; -1: never. */
SimTime sim_world_arrived(const SimWorld *world, uint32_t node, uint32_t block);
SimTime sim_world_header_arrived(const SimWorld *world, uint32_t node, uint32_t block);

uint32_t sim_world_tip(const SimWorld *world, uint32_t node);
KetteBlockStatus sim_world_status(SimWorld *world, uint32_t node, uint32_t block);
uint32_t sim_world_tx_count(const SimWorld *world);
const char *sim_world_tx_name(const SimWorld *world, uint32_t tx);
const KetteHash *sim_world_tx_id(const SimWorld *world, uint32_t tx);
bool sim_world_in_mempool(SimWorld *world, uint32_t node, uint32_t tx);
/* 1 in the tip, 0 when not on the active chain. */
uint64_t sim_world_confirmations(SimWorld *world, uint32_t node, uint32_t tx);
uint64_t sim_world_balance(SimWorld *world, uint32_t node, uint32_t wallet);
uint64_t sim_world_nonce(SimWorld *world, uint32_t node, uint32_t wallet);
KetteHash sim_world_state_root(SimWorld *world, uint32_t node);
bool sim_world_supply_holds(SimWorld *world, uint32_t node);
uint64_t sim_world_reorgs(const SimWorld *world, uint32_t node);
uint64_t sim_world_max_reorg(const SimWorld *world, uint32_t node);
uint64_t sim_world_mined(const SimWorld *world, uint32_t node);
uint64_t sim_world_stale(SimWorld *world, uint32_t node);
uint32_t sim_world_bits(const SimWorld *world, uint32_t node); /* of the tip */
/* Work of the tip's own block over that of genesis, in 10^-12. */
__int128 sim_world_difficulty_ppt(const SimWorld *world, uint32_t node);
uint64_t sim_world_known_addresses(const SimWorld *world, uint32_t node);
/* Part of the blocks of node's chain, genesis left out, that nodes of `of` have made; in 10^-12,
 * -1: it has none. */
int64_t sim_world_chain_quality_ppt(const SimWorld *world, uint32_t node, const uint32_t *of,
                                    size_t count);
/* Blocks of node's chain a spacing of the time so far, in 10^-12; -1 at time 0. */
int64_t sim_world_chain_growth_ppt(const SimWorld *world, uint32_t node);
/* Rewards and fees of node's blocks on the chain of the best tip of all; exact however long the
 * chain is, for each is below 2^63. */
unsigned __int128 sim_world_revenue(const SimWorld *world, uint32_t node);
/* Messages given to the network so far; a stream's repeats and a link's copies are not counted. */
uint64_t sim_world_messages(const SimWorld *world, KetteMessageKind kind);
uint64_t sim_world_bytes(const SimWorld *world, uint32_t node);
/* Different blocks and transactions that it refused with that verdict. */
uint64_t sim_world_refused(const SimWorld *world, uint32_t node, KetteVerdict verdict);
/* Median over the blocks of the best tip's chain of the time until that share of the nodes that are
 * up had the body; -1: there is none, or most never came so far. */
SimTime sim_world_median_propagation(const SimWorld *world, uint32_t permille);
bool sim_world_common_prefix(const SimWorld *world, const uint32_t *nodes, size_t count,
                             uint64_t less);
/* Most work, then lowest hash; NONE for no nodes. */
uint32_t sim_world_best_tip(const SimWorld *world, const uint32_t *nodes, size_t count);
/* Whether some block with at most `ignore_last` blocks above it in every node's chain is common. */
bool sim_world_same_tip(const SimWorld *world, const uint32_t *nodes, size_t count,
                        uint64_t ignore_last);
/* From since_ns to the first end of an instant in which all had one tip; -1: never so far. */
SimTime sim_world_time_to_agree(const SimWorld *world, const uint32_t *nodes, size_t count,
                                SimTime since_ns);
/* From its discovery to when `permille` of the nodes had the body of a block; -1: never. */
SimTime sim_world_propagation(const SimWorld *world, uint32_t block, uint32_t permille);

/* --- what it takes on the heap, in bytes; walks everything --- */
typedef struct {
    KetteNodeMemory nodes; /* of all */
    size_t hosts;          /* what stands around each node */
    size_t links;          /* the graph */
    size_t store;          /* blocks and states: one of all, or one a node with isolate */
    size_t ledger;         /* what the observer keeps of the past */
    size_t queue;          /* waiting events */
} SimWorldMemory;

SimWorldMemory sim_world_memory(const SimWorld *world);

#endif
