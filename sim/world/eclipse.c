/* Eclipses: a node that receives only what a set of others lets through.
 *
 * A node of the set passes on what existed before the eclipse began and what nodes of the set have
 * made since. The rest is removed from what it sends: a block or transaction is not sent, a list of
 * headers or bodies ends before the first hidden one, and a list of ids loses the hidden ones. What
 * a strategy holds back (agent.c) is removed in the same way, and also from what its node says
 * about its own chain: the tip in a handshake and the blocks of a locator.
 */
#include "core/base/limits.h"
#include "sim/engine/assert.h"
#include "sim/world/world_impl.h"

bool
sim_eclipse_admits(const SimHost *victim, uint32_t node)
{
    return victim->eclipse->admitted[node];
}

/* Both ends of a message; either may hide things from the other. */
typedef struct {
    const SimHost *from, *to;
} Sieve;

static bool
is_outside(const SimHost *victim, const KetteHash *id)
{
    const SimLedger *ledger = &victim->world->ledger;
    uint32_t ref = sim_ledger_find(ledger, id);
    const SimLedgerBlock *block;

    if (ref == SIM_BLOCK_NONE)
        return false; /* it is nobody's block: the victim must find what is wrong with it */
    block = sim_ledger_block(ledger, ref);
    if (block->found_ns < victim->eclipse->since || block->miner == SIM_NODE_NONE ||
        sim_eclipse_admits(victim, block->miner))
        return false;
    victim->eclipse->touched = true;
    return true;
}

static bool
may_see_block(const Sieve *sieve, const KetteHash *id)
{
    return !sim_agent_hides(sieve->from, id) &&
           (sieve->to->eclipse == NULL || !is_outside(sieve->to, id));
}

static bool
may_see_origin(const SimHost *victim, uint32_t node, SimTime since)
{
    if (node == SIM_NODE_NONE || since < victim->eclipse->since || sim_eclipse_admits(victim, node))
        return true;
    victim->eclipse->touched = true;
    return false;
}

static bool
may_see_tx(const Sieve *sieve, const KetteHash *id)
{
    const SimHost *victim = sieve->to;
    const SimWorld *world = victim->world;
    const SimTxOrigin *origin = NULL;

    if (victim->eclipse == NULL)
        return true;
    if (world->load_origins != NULL)
        origin = g_hash_table_lookup(world->load_origins, id);
    if (origin != NULL)
        return may_see_origin(victim, origin->node, origin->since);
    for (guint i = 0; i < world->txs->len; i++) {
        const SimTx *tx = g_ptr_array_index(world->txs, i);

        if (kette_hash_equal(&tx->tx->id, id))
            return may_see_origin(victim, tx->submitted_at, tx->submitted_ns);
    }
    return true;
}

static bool
may_see(const Sieve *sieve, KetteMessageKind kind, const KetteHash *id)
{
    return kind == KETTE_MSG_NEW_TRANSACTION ? may_see_tx(sieve, id) : may_see_block(sieve, id);
}

/* --- lists -------------------------------------------------------------------------------- */

static KetteMessage *
sieve_headers(const Sieve *sieve, KetteMessage *message)
{
    KetteHasher *hasher = sieve->to->world->hasher;
    uint16_t kept = 0;

    while (kept < message->chain.count) {
        KetteHash id = kette_header_id(hasher, &message->chain.headers[kept]);

        if (!may_see_block(sieve, &id))
            break;
        kept++;
    }
    return kept == message->chain.count
               ? kette_message_ref(message)
               : kette_message_response_chain(message->chain.headers, kept);
}

static KetteMessage *
sieve_bodies(const Sieve *sieve, KetteMessage *message)
{
    uint16_t kept = 0;

    while (kept < message->bodies.range.count &&
           may_see_block(sieve, &message->bodies.blocks[kept]->id))
        kept++;
    return kept == message->bodies.range.count
               ? kette_message_ref(message)
               : kette_message_sync_response(&message->bodies.range.last, message->bodies.blocks,
                                             kept);
}

static KetteMessage *
sieve_ids(const Sieve *sieve, KetteMessage *message)
{
    g_autofree KetteHash *ids = g_new(KetteHash, (gsize)message->inventory.count + 1);
    uint16_t kept = 0;

    for (uint16_t i = 0; i < message->inventory.count; i++) {
        if (may_see(sieve, message->inventory.kind, &message->inventory.ids[i]))
            ids[kept++] = message->inventory.ids[i];
    }
    if (kept == message->inventory.count)
        return kette_message_ref(message);
    return kept == 0 ? NULL
                     : kette_message_inventory(message->kind, message->inventory.kind, ids, kept);
}

/* --- what a node says of its own chain ---------------------------------------------------- */

/* Replaces a held tip by the youngest block of the chain that is not held. */
static KetteMessage *
sieve_handshake(const Sieve *sieve, KetteMessage *message)
{
    KetteHandshake shown = message->handshake;
    const KetteEntry *tip;

    if (!sim_agent_hides(sieve->from, &shown.tip))
        return kette_message_ref(message);
    tip = kette_chain_find(kette_node_chain(sieve->from->node), &shown.tip);
    while (sim_agent_hides(sieve->from, &tip->id))
        tip = tip->parent;
    shown.tip = tip->id;
    shown.height = tip->height;
    return kette_message_handshake(&shown);
}

static KetteMessage *
sieve_locator(const Sieve *sieve, KetteMessage *message)
{
    KetteHash hashes[KETTE_LOCATOR_MAX];
    uint64_t sums[KETTE_LOCATOR_MAX];
    uint16_t kept = 0;

    for (uint16_t i = 0; i < message->locator.count; i++) {
        if (sim_agent_hides(sieve->from, &message->locator.hashes[i]))
            continue;
        hashes[kept] = message->locator.hashes[i];
        sums[kept++] = message->locator.sums != NULL ? message->locator.sums[i] : 0;
    }
    if (kept == message->locator.count)
        return kette_message_ref(message);
    return message->locator.sums != NULL ? kette_message_request_chain_sums(hashes, sums, kept)
                                         : kette_message_request_chain(hashes, kept);
}

KetteMessage *
sim_eclipse_sieve(const SimHost *from, const SimHost *to, KetteMessage *message)
{
    const Sieve sieve = {from, to};
    KetteHash id;

    switch (message->kind) {
    case KETTE_MSG_HANDSHAKE:
        return sieve_handshake(&sieve, message);
    case KETTE_MSG_REQUEST_CHAIN:
        return sieve_locator(&sieve, message);
    case KETTE_MSG_NEW_BLOCK:
        return may_see_block(&sieve, &message->block->id) ? kette_message_ref(message) : NULL;
    case KETTE_MSG_NEW_TRANSACTION:
        return may_see_tx(&sieve, &message->tx->id) ? kette_message_ref(message) : NULL;
    case KETTE_MSG_COMPACT_BLOCK:
        id = kette_header_id(to->world->hasher, &message->compact.head.header);
        return may_see_block(&sieve, &id) ? kette_message_ref(message) : NULL;
    case KETTE_MSG_BLOCK_TXS:
        return may_see_block(&sieve, &message->block_txs.block) ? kette_message_ref(message) : NULL;
    case KETTE_MSG_RESPONSE_CHAIN:
        return sieve_headers(&sieve, message);
    case KETTE_MSG_SYNC_RESPONSE:
        return sieve_bodies(&sieve, message);
    case KETTE_MSG_INVENTORY:
        return sieve_ids(&sieve, message);
    default:
        return kette_message_ref(message);
    }
}

/* --- beginning and ending ----------------------------------------------------------------- */

/* Returns whether a connection is open that the eclipse closes. */
static bool
closes_any(const SimHost *victim)
{
    const SimNet *net = victim->world->net;
    size_t count;
    const uint32_t *edges = sim_net_out_edges(net, &count, victim->index);

    for (size_t i = 0; i < count; i++) {
        if (sim_net_edge_open(net, edges[i]) &&
            !sim_eclipse_admits(victim, sim_net_edge_dst(net, edges[i])))
            return true;
    }
    return false;
}

SimFaultId
sim_world_eclipse(SimWorld *world, uint32_t node, const uint32_t *by, size_t count)
{
    SimHost *host = sim_world_host(world, node);

    if (host->eclipse != NULL)
        return SIM_FAULT_NONE;
    host->eclipse = g_malloc0(sizeof *host->eclipse + world->host_count);
    world->sieves++;
    host->eclipse->since = sim_engine_now(world->engine);
    for (size_t i = 0; i < count; i++)
        host->eclipse->admitted[by[i]] = true;
    host->eclipse->admitted[node] = true; /* what it makes itself comes back */
    host->eclipse->touched = closes_any(host);
    sim_connection_review(host);
    sim_engine_touch(world->engine);
    return sim_host_begin_fault(host, SIM_FAULT_ECLIPSE);
}

void
sim_eclipse_end(SimHost *host)
{
    sim_fault_set_touched(host->world, host->faults[SIM_FAULT_ECLIPSE], host->eclipse->touched);
    sim_host_end_fault(host, SIM_FAULT_ECLIPSE);
    g_clear_pointer(&host->eclipse, g_free);
    host->world->sieves--;
    sim_connection_review(host);
}
