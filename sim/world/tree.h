/* Trees of blocks that a scenario writes out, built by the real code; some are broken on purpose.
 *
 * They are built outside every node's store: a block has the place that it claims, so that children
 * of a broken block can be built as its maker would. A broken block is built correctly and then
 * broken in one way, so that a node finds exactly that verdict. Payments needed for that are made
 * with a key of the tree itself.
 *
 *   - bad-version: version 0
 *   - high-hash: another nonce
 *   - bad-bits: a target one step harder than the one due
 *   - time-too-old: the median time of the blocks before
 *   - time-too-new: an hour beyond what the genesis time allows: not yet, and an hour later good
 *   - bad-height: one more
 *   - bad-commitment: one bit of it
 *   - mutated-body: transactions at the end are repeated (CVE-2012-2459); the id is that of the
 * good block with the same miner, time and transactions
 *   - block-too-big: unsigned payments beyond max-block
 *   - duplicate-tx: a payment twice, not side by side
 *   - bad-encoding: a payment of version 2
 *   - bad-amount: a payment of nothing
 *   - bad-signature: one bit of a payment's signature
 *   - bad-nonce: a payment whose nonce is 7 too high
 *   - insufficient-funds: a payment from an account without funds
 *   - bad-state-root: one bit of it
 *   - bad-reward: 10^-8 tokens more
 */
#ifndef SIM_WORLD_TREE_H
#define SIM_WORLD_TREE_H

#include "sim/world/world.h"

typedef struct {
    const char *name;
    uint32_t parent;     /* a named block; SIM_BLOCK_NONE: genesis */
    uint64_t work;       /* multiple of the genesis work, the target rounded down; 0: as due */
    uint32_t bits;       /* 0: as due, or from work */
    bool time_given;     /* else 1 s after its parent */
    int64_t time_s;      /* relative to its parent, may be negative */
    const uint32_t *txs; /* transactions of the world */
    size_t tx_count;
    const char *miner;    /* the account that is paid; its key is derived from this name */
    KetteVerdict invalid; /* KETTE_OK: not broken */
} SimBlockSpec;

/* Adds a named block; call it before the start, after the transactions, parents first. The caller
 * chooses the number, small and used once. Without a spec the name stands for genesis, or for a
 * block that will be mined. Payments that the block's branch does not allow stay in the block, but
 * its state is computed without them. Returns false if with real proof of work the nonce would take
 * more tries than limits.h allows. */
bool sim_world_add_block(SimWorld *world, uint32_t named, const SimBlockSpec *spec, bool genesis);

uint32_t sim_world_named_count(const SimWorld *world);
/* Returns the id of a named block; NULL: not mined yet. */
const KetteHash *sim_world_named_id(const SimWorld *world, uint32_t named);
/* Returns its ref; NONE while no node has its body. */
uint32_t sim_world_named_ref(const SimWorld *world, uint32_t named);
uint32_t sim_world_named_bytes(const SimWorld *world, uint32_t named);
KetteBlockStatus sim_world_named_status(const SimWorld *world, uint32_t node, uint32_t named);

/* Mines one block like sim_world_mine(), and names it. */
KETTE_MUST_USE KetteVerdict sim_world_mine_named(SimWorld *world, uint32_t node, uint32_t named);

/* --- messages made by hand; false: there is no open connection, or no such block yet --- */
/* Sends the whole block. */
bool sim_world_deliver(SimWorld *world, uint32_t named, uint32_t from, uint32_t to);
/* Announces the block: by its header with flood relay, else by its id. */
bool sim_world_announce(SimWorld *world, uint32_t named, uint32_t from, uint32_t to);
/* Opens a connection, anew if it is open, and lifts bans between the two nodes. */
void sim_world_reconnect(SimWorld *world, uint32_t from, uint32_t to);
/* Returns whether `to` would read a message of `from`: connected, and the handshake is complete. */
bool sim_world_ready(const SimWorld *world, uint32_t from, uint32_t to);
/* Returns whether no message is in flight, no check pending, and no request, retry or
 * acknowledgement open except to a script node. */
bool sim_world_idle(const SimWorld *world);

#endif
