/* Blocks that a scenario writes out: trees of them, built by the real code, some broken on purpose.
 *
 * Building stands outside every node's store: a block's place is what it claims, so that children
 * of a broken block can be built as its maker would. A broken block is built right and then broken
 * in one way, so that a node finds exactly that verdict. What it takes to break it (a payment that
 * nobody can make, a body too large) is made with a key of the tree's own.
 *
 *   - bad-version: version 0
 *   - high-hash: another nonce
 *   - bad-bits: a target one step harder than the one due
 *   - time-too-old: the median time of the blocks before
 *   - time-too-new: an hour beyond what the genesis time allows: not yet, and an hour later good
 *   - bad-height: one more
 *   - bad-commitment: one bit of it
 *   - mutated-body: transactions at the end stand twice (CVE-2012-2459); the id is that of the good
 *     block with the same miner, time and transactions
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
    uint64_t work;       /* times the genesis work, the target rounded down; 0: as due */
    uint32_t bits;       /* 0: as due, or by work */
    bool time_given;     /* else 1 s after its parent */
    int64_t time_s;      /* after its parent, either way */
    const uint32_t *txs; /* transactions of the world */
    size_t tx_count;
    const char *miner;    /* the account that is paid: its key comes from this name */
    KetteVerdict invalid; /* KETTE_OK: it is not broken */
} SimBlockSpec;

/* Before the start, after the transactions, parents first. The number is the caller's, small and
 * used once. Without a spec it stands for genesis, or for a block that is to be mined. Payments
 * that its own branch does not allow stay in a block, whose state is that without them. False when
 * its nonce, with real proof of work, would take more tries than limits.h allows. */
bool sim_world_add_block(SimWorld *world, uint32_t named, const SimBlockSpec *spec, bool genesis);

uint32_t sim_world_named_count(const SimWorld *world);
/* What a named block is; NULL: not mined yet. */
const KetteHash *sim_world_named_id(const SimWorld *world, uint32_t named);
/* Its ref; NONE while no node has its body. */
uint32_t sim_world_named_ref(const SimWorld *world, uint32_t named);
uint32_t sim_world_named_bytes(const SimWorld *world, uint32_t named);
KetteBlockStatus sim_world_named_status(const SimWorld *world, uint32_t node, uint32_t named);

/* Mines one block as sim_world_mine does, and gives it the number. */
KETTE_MUST_USE KetteVerdict sim_world_mine_named(SimWorld *world, uint32_t node, uint32_t named);

/* --- messages made by hand; false: there is no open connection, or no such block yet --- */
/* Sends it whole. */
bool sim_world_deliver(SimWorld *world, uint32_t named, uint32_t from, uint32_t to);
/* Tells of it: its header with flood relay, else its id. */
bool sim_world_announce(SimWorld *world, uint32_t named, uint32_t from, uint32_t to);
/* Opens a connection anew, or for the first time, and lifts bans of one by the other. */
void sim_world_reconnect(SimWorld *world, uint32_t from, uint32_t to);
/* Whether `to` would read a message of `from`: connected, and the handshake is over. */
bool sim_world_ready(const SimWorld *world, uint32_t from, uint32_t to);
/* No message in flight, no check pending, and no request, retry or acknowledgement open except to a
 * script node. */
bool sim_world_idle(const SimWorld *world);

#endif
