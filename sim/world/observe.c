/* Questions about one node, block or transaction; see observe.h. question.c has those that need
 * more than a look-up. */
#include "sim/world/charge.h"
#include "sim/world/world_impl.h"

#include <string.h>

uint32_t
sim_world_node_count(const SimWorld *world)
{
    return world->host_count;
}

const char *
sim_world_node_name(const SimWorld *world, uint32_t node)
{
    return sim_net_node_name(world->net, node);
}

bool
sim_world_node_is_script(const SimWorld *world, uint32_t node)
{
    return sim_world_host(world, node)->is_script;
}

bool
sim_world_node_is_miner(const SimWorld *world, uint32_t node)
{
    return sim_world_host(world, node)->is_miner;
}

uint16_t
sim_world_node_port(const SimWorld *world, uint32_t node)
{
    return sim_world_host(world, node)->port;
}

int64_t
sim_world_node_share_ppb(const SimWorld *world, uint32_t node)
{
    const SimHost *host = sim_world_host(world, node);

    return host->share_num == 0
               ? 0
               : (int64_t)((unsigned __int128)host->share_num * SIM_PPB / host->share_den);
}

KetteNode *
sim_world_node(SimWorld *world, uint32_t node)
{
    return sim_world_host(world, node)->node;
}

KetteAddress
sim_world_miner_address(SimWorld *world, uint32_t node)
{
    return sim_world_address_of_name(world, sim_net_node_name(world->net, node));
}

uint32_t
sim_world_block_count(const SimWorld *world)
{
    return sim_ledger_count(&world->ledger);
}

const KetteHash *
sim_world_block_hash(const SimWorld *world, uint32_t block)
{
    return &sim_ledger_block(&world->ledger, block)->id;
}

uint64_t
sim_world_block_height(const SimWorld *world, uint32_t block)
{
    return sim_ledger_block(&world->ledger, block)->height;
}

uint32_t
sim_world_block_parent(const SimWorld *world, uint32_t block)
{
    return sim_ledger_block(&world->ledger, block)->parent;
}

uint32_t
sim_world_block_miner(const SimWorld *world, uint32_t block)
{
    return sim_ledger_block(&world->ledger, block)->miner;
}

SimTime
sim_world_block_found(const SimWorld *world, uint32_t block)
{
    return sim_ledger_block(&world->ledger, block)->found_ns;
}

const KetteU256 *
sim_world_block_work(const SimWorld *world, uint32_t block)
{
    return &sim_ledger_block(&world->ledger, block)->work;
}

uint32_t
sim_world_block_bytes(const SimWorld *world, uint32_t block)
{
    const SimLedgerBlock *b = sim_ledger_block(&world->ledger, block);
    uint32_t declared = sim_world_declared_bytes(world, &b->id);

    return declared > 0 ? declared : b->bytes;
}

uint32_t
sim_world_block_tx_count(const SimWorld *world, uint32_t block)
{
    return sim_ledger_block(&world->ledger, block)->tx_count;
}

SimTime
sim_world_arrived(const SimWorld *world, uint32_t node, uint32_t block)
{
    return sim_ledger_arrived(&world->ledger, block, node).body_ns;
}

SimTime
sim_world_block_joined(const SimWorld *world, uint32_t node, uint32_t block)
{
    return sim_ledger_arrived(&world->ledger, block, node).joined_ns;
}

SimTime
sim_world_header_arrived(const SimWorld *world, uint32_t node, uint32_t block)
{
    return sim_ledger_arrived(&world->ledger, block, node).header_ns;
}

uint32_t
sim_world_tip(const SimWorld *world, uint32_t node)
{
    return sim_ledger_tip(&world->ledger, node);
}

static const KetteEntry *
tip_entry(const SimWorld *world, uint32_t node)
{
    return kette_chain_tip(kette_node_chain(sim_world_host(world, node)->node));
}

KetteBlockStatus
sim_world_status(SimWorld *world, uint32_t node, uint32_t block)
{
    return kette_chain_status(kette_node_chain(sim_world_host(world, node)->node),
                              sim_world_block_hash(world, block));
}

uint32_t
sim_world_tx_count(const SimWorld *world)
{
    return world->txs->len;
}

static const SimTx *
tx_get(const SimWorld *world, uint32_t tx)
{
    sim_assert(tx < world->txs->len);
    return g_ptr_array_index(world->txs, tx);
}

const char *
sim_world_tx_name(const SimWorld *world, uint32_t tx)
{
    return tx_get(world, tx)->name;
}

const KetteHash *
sim_world_tx_id(const SimWorld *world, uint32_t tx)
{
    return &tx_get(world, tx)->tx->id;
}

KetteTx *
sim_world_tx(const SimWorld *world, uint32_t tx)
{
    return tx_get(world, tx)->tx;
}

bool
sim_world_in_mempool(SimWorld *world, uint32_t node, uint32_t tx)
{
    return kette_mempool_find(kette_node_mempool(sim_world_host(world, node)->node),
                              &tx_get(world, tx)->tx->id) != NULL;
}

static bool
block_holds(const KetteBlock *block, const KetteHash *tx_id)
{
    for (uint32_t i = 0; i < block->tx_count; i++) {
        if (kette_hash_equal(&block->txs[i]->id, tx_id))
            return true;
    }
    return false;
}

uint64_t
sim_world_confirmations(SimWorld *world, uint32_t node, uint32_t tx)
{
    const KetteEntry *tip = tip_entry(world, node), *entry = tip;
    const KetteTx *wanted = tx_get(world, tx)->tx;

    /* A confirmed transaction has moved the account's nonce past its own */
    if (kette_state_get(tip->state, &wanted->from).nonce <= wanted->nonce)
        return 0;
    for (; entry != NULL; entry = entry->parent) {
        if (block_holds(entry->block, &wanted->id))
            return tip->height - entry->height + 1;
    }
    return 0;
}

static KetteAccount
account(const SimWorld *world, uint32_t node, uint32_t wallet)
{
    const SimWallet *w = g_ptr_array_index(world->wallets, wallet);

    return kette_state_get(tip_entry(world, node)->state, &w->address);
}

uint64_t
sim_world_balance(SimWorld *world, uint32_t node, uint32_t wallet)
{
    return account(world, node, wallet).balance;
}

uint64_t
sim_world_nonce(SimWorld *world, uint32_t node, uint32_t wallet)
{
    return account(world, node, wallet).nonce;
}

KetteHash
sim_world_state_root(SimWorld *world, uint32_t node)
{
    return kette_state_root(world->hasher, tip_entry(world, node)->state);
}

uint64_t
sim_world_blamed(const SimWorld *world, uint32_t node)
{
    return sim_world_host(world, node)->blamed;
}

bool
sim_world_upgrade_needed(const SimWorld *world, uint32_t node)
{
    return kette_node_is_outdated(sim_world_host(world, node)->node);
}

bool
sim_world_supply_holds(SimWorld *world, uint32_t node)
{
    return kette_store_supply_holds(sim_world_host(world, node)->store, tip_entry(world, node));
}

uint64_t
sim_world_reorgs(const SimWorld *world, uint32_t node)
{
    return sim_world_host(world, node)->reorgs;
}

uint64_t
sim_world_max_reorg(const SimWorld *world, uint32_t node)
{
    return sim_world_host(world, node)->max_reorg;
}

uint64_t
sim_world_mined(const SimWorld *world, uint32_t node)
{
    return sim_world_host(world, node)->mined;
}

/* Counts for each node its blocks on the best tip's chain; done once for each best tip. */
static void
count_on_chain(SimWorld *world)
{
    g_autofree uint32_t *all = g_new(uint32_t, world->host_count + 1);
    uint32_t block;

    if (world->on_chain != NULL && world->on_chain_moves == world->ledger.move_count)
        return;
    for (guint i = 0; i < world->host_count; i++)
        all[i] = i;
    g_free(world->on_chain);
    world->on_chain = g_new0(uint64_t, world->host_count + 1);
    world->on_chain_moves = world->ledger.move_count;
    block = sim_ledger_best_tip(&world->ledger, all, world->host_count);
    for (; block != SIM_BLOCK_NONE; block = sim_world_block_parent(world, block)) {
        uint32_t miner = sim_world_block_miner(world, block);

        if (miner != SIM_NODE_NONE)
            world->on_chain[miner]++;
    }
}

uint64_t
sim_world_stale(SimWorld *world, uint32_t node)
{
    count_on_chain(world);
    return sim_world_host(world, node)->mined - world->on_chain[node];
}

uint32_t
sim_world_best_tip(const SimWorld *world, const uint32_t *nodes, size_t count)
{
    return sim_ledger_best_tip(&world->ledger, nodes, count);
}

bool
sim_world_same_tip(const SimWorld *world, const uint32_t *nodes, size_t count, uint64_t ignore_last)
{
    return sim_ledger_same_tip(&world->ledger, nodes, count, ignore_last);
}

SimTime
sim_world_time_to_agree(const SimWorld *world, const uint32_t *nodes, size_t count,
                        SimTime since_ns)
{
    if (since_ns > sim_engine_now(world->engine)) /* that moment has not come */
        return -1;
    return sim_ledger_time_to_agree(&world->ledger, nodes, count, since_ns);
}

SimTime
sim_world_propagation(const SimWorld *world, uint32_t block, uint32_t permille)
{
    return sim_ledger_propagation(&world->ledger, block, permille);
}
