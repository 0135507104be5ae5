/* Questions about a world: its nodes, blocks, transactions, and the network as a whole.
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
/* Returns the share of all hash power, in units of 10^-9. */
int64_t sim_world_node_share_ppb(const SimWorld *world, uint32_t node);
KetteNode *sim_world_node(SimWorld *world, uint32_t node);
/* Returns the account that gets the rewards of the node's blocks. */
KetteAddress sim_world_miner_address(SimWorld *world, uint32_t node);
const SimStrategy *sim_world_strategy(const SimWorld *world, uint32_t node); /* NULL: honest */
SimAgent *sim_world_agent(const SimWorld *world, uint32_t node); /* NULL: it never had a strategy */
/* Calls func, at the end of the run, for each label whose strategy has done nothing that an honest
 * node does not, however often it was set. */
void sim_world_idle_strategies(SimWorld *world,
                               void (*func)(void *user, const char *label, const char *why),
                               void *user);
uint32_t sim_world_block_count(const SimWorld *world);
const KetteHash *sim_world_block_hash(const SimWorld *world, uint32_t block);
uint64_t sim_world_block_height(const SimWorld *world, uint32_t block);
uint32_t sim_world_block_parent(const SimWorld *world, uint32_t block);
uint32_t sim_world_block_miner(const SimWorld *world, uint32_t block); /* node, or NONE */
SimTime sim_world_block_found(const SimWorld *world, uint32_t block);
const KetteU256 *sim_world_block_work(const SimWorld *world, uint32_t block);
/* Returns the bytes of a NEW_BLOCK message with this block, framing included. */
uint32_t sim_world_block_bytes(const SimWorld *world, uint32_t block);
uint32_t sim_world_block_tx_count(const SimWorld *world, uint32_t block);
/* Return when the node first had the body, and its header, and when the block first joined its
 * tree; -1: never. */
SimTime sim_world_block_joined(const SimWorld *world, uint32_t node, uint32_t block);
SimTime sim_world_arrived(const SimWorld *world, uint32_t node, uint32_t block);
SimTime sim_world_header_arrived(const SimWorld *world, uint32_t node, uint32_t block);

uint32_t sim_world_tip(const SimWorld *world, uint32_t node);
KetteBlockStatus sim_world_status(SimWorld *world, uint32_t node, uint32_t block);
uint32_t sim_world_tx_count(const SimWorld *world);
const char *sim_world_tx_name(const SimWorld *world, uint32_t tx);
const KetteHash *sim_world_tx_id(const SimWorld *world, uint32_t tx);
KetteTx *sim_world_tx(const SimWorld *world, uint32_t tx); /* borrowed */
bool sim_world_in_mempool(SimWorld *world, uint32_t node, uint32_t tx);
/* Returns 1 for a transaction of the tip, 0 for one that is not on the active chain. */
uint64_t sim_world_confirmations(SimWorld *world, uint32_t node, uint32_t tx);
/* Returns how often a reorganisation at the node left the transaction without a confirmation that
 * had at least `least` of them. */
uint64_t sim_world_undone(const SimWorld *world, uint32_t node, uint32_t tx, uint64_t least);
uint64_t sim_world_balance(SimWorld *world, uint32_t node, uint32_t wallet);
uint64_t sim_world_nonce(SimWorld *world, uint32_t node, uint32_t wallet);
KetteHash sim_world_state_root(SimWorld *world, uint32_t node);
bool sim_world_supply_holds(SimWorld *world, uint32_t node);
/* Returns whether its node has told of a sign of rules that it does not know. */
bool sim_world_upgrade_needed(const SimWorld *world, uint32_t node);
uint64_t sim_world_reorgs(const SimWorld *world, uint32_t node);
uint64_t sim_world_max_reorg(const SimWorld *world, uint32_t node);
uint64_t sim_world_mined(const SimWorld *world, uint32_t node);
uint64_t sim_world_stale(SimWorld *world, uint32_t node);
/* Returns how often others banned the node before it had any strategy. */
uint64_t sim_world_blamed(const SimWorld *world, uint32_t node);
uint32_t sim_world_bits(const SimWorld *world, uint32_t node); /* of the tip */
/* Returns work of the tip block / work of genesis, in units of 10^-12. */
__int128 sim_world_difficulty_ppt(const SimWorld *world, uint32_t node);
uint64_t sim_world_known_addresses(const SimWorld *world, uint32_t node);
/* Returns the fraction of the blocks of node's chain, without genesis, that nodes of `of` have
 * made, in units of 10^-12; -1 for an empty chain. */
int64_t sim_world_chain_quality_ppt(const SimWorld *world, uint32_t node, const uint32_t *of,
                                    size_t count);
/* Returns height * spacing / time so far, in units of 10^-12; -1 at time 0. */
int64_t sim_world_chain_growth_ppt(const SimWorld *world, uint32_t node);
/* Returns rewards and fees of node's blocks on the best tip's chain. The sum is exact for any
 * length, because each is below 2^63. */
unsigned __int128 sim_world_revenue(const SimWorld *world, uint32_t node);
/* Returns the node's part of the revenue of all nodes, in units of 10^-12; -1 before the first
 * block. */
int64_t sim_world_strategy_share_ppt(const SimWorld *world, uint32_t node);
/* Returns the messages given to the network so far, without repeats on streams and copies of links.
 */
uint64_t sim_world_messages(const SimWorld *world, KetteMessageKind kind);
uint64_t sim_world_bytes(const SimWorld *world, uint32_t node);
/* Returns how many different blocks and transactions the node refused with that verdict. */
uint64_t sim_world_refused(const SimWorld *world, uint32_t node, KetteVerdict verdict);
/* Returns the median, over the blocks of the best tip's chain, of the time until that share of the
 * nodes that are up had the body; or the mean over those that reached the share. Returns -1 if
 * there is no block, or if the median block never reached it. */
SimTime sim_world_propagation_over_blocks(const SimWorld *world, uint32_t permille, bool mean);
/* Does the same for the time until the node had the body, over the blocks that it did not make. */
SimTime sim_world_arrival_delay(const SimWorld *world, uint32_t node, bool mean);
bool sim_world_common_prefix(const SimWorld *world, const uint32_t *nodes, size_t count,
                             uint64_t less);
/* Returns the tip with most work, of equals the lowest hash; NONE without nodes. */
uint32_t sim_world_best_tip(const SimWorld *world, const uint32_t *nodes, size_t count);
/* Returns whether all nodes share a block that has at most `ignore_last` blocks above it in each of
 * their chains. */
bool sim_world_same_tip(const SimWorld *world, const uint32_t *nodes, size_t count,
                        uint64_t ignore_last);
/* Returns the time from since_ns until all nodes had the same tip at the end of an instant; -1: not
 * yet. */
SimTime sim_world_time_to_agree(const SimWorld *world, const uint32_t *nodes, size_t count,
                                SimTime since_ns);
/* Returns the time from a block's discovery until `permille` of the nodes had its body; -1: never.
 */
SimTime sim_world_propagation(const SimWorld *world, uint32_t block, uint32_t permille);

/* --- what it takes on the heap, in bytes; walks everything --- */
typedef struct {
    KetteNodeMemory nodes; /* sum over all nodes */
    size_t hosts;          /* clock, timers and counts of each node */
    size_t links;          /* the graph */
    size_t store;  /* blocks and states: one store for all, or with isolate one for each node */
    size_t ledger; /* what the observer keeps of the past */
    size_t queue;  /* waiting events */
} SimWorldMemory;

SimWorldMemory sim_world_memory(const SimWorld *world);

#endif
