/* Answers to what peers ask for; see serve.h. */
#include "core/node/serve.h"

#include "core/base/id_table.h"
#include "core/base/limits.h"
#include "core/node/node_impl.h"

/* A response carries at least one block and then no more than this. */
#define RESPONSE_BYTES (1u << 20)

/* --- headers ----------------------------------------------------------------------------- */

/* Returns the headers that follow `fork` on the active chain. */
static GArray *
headers_above(const KetteNode *node, const KetteEntry *fork)
{
    const KetteEntry *tip = kette_chain_tip(node->chain), *entry;
    guint count = (guint)MIN(tip->height - fork->height, node->config.headers_max);
    GArray *headers = g_array_sized_new(FALSE, FALSE, sizeof(KetteHeader), count);

    g_array_set_size(headers, count);
    entry = kette_entry_ancestor(tip, fork->height + count);
    for (guint i = count; i-- > 0; entry = entry->parent)
        g_array_index(headers, KetteHeader, i) = entry->header;
    return headers;
}

/* Returns, where side blocks weigh, the headers of all that has joined after `from`, in order of
 * height and id. */
static GArray *
headers_after(const KetteNode *node, const KetteEntry *from)
{
    g_autoptr(GPtrArray) joined =
        kette_chain_joined_after(node->chain, from, node->config.headers_max);
    GArray *headers = g_array_sized_new(FALSE, FALSE, sizeof(KetteHeader), joined->len);

    for (guint i = 0; i < joined->len; i++)
        g_array_append_vals(headers, &((const KetteEntry *)g_ptr_array_index(joined, i))->header,
                            1);
    return headers;
}

void
kette_serve_headers(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteHash *hashes = message->locator.hashes;
    uint16_t count = message->locator.count;
    bool side_blocks = kette_chain_needs_side_blocks(node->chain);
    const KetteEntry *fork =
        side_blocks && message->locator.sums != NULL
            ? kette_chain_find_agreed(node->chain, hashes, message->locator.sums, count)
            : kette_chain_find_fork(node->chain, hashes, count);
    g_autoptr(GArray) headers = side_blocks ? headers_after(node, fork) : headers_above(node, fork);

    if (headers->len == 0)
        kette_door_send(node, peer, kette_mint_nothing_follows(node->host.mint));
    else
        kette_door_send(node, peer,
                        kette_message_response_chain((const KetteHeader *)headers->data,
                                                     (uint16_t)headers->len));
}

/* --- bodies by range --------------------------------------------------------------------- */

void
kette_serve_bodies(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteEntry *last = kette_chain_find(node->chain, &message->range.last);
    KetteBlock *blocks[KETTE_SYNC_BLOCKS_MAX];
    uint16_t count = 0;
    size_t bytes = 0;

    if (last != NULL && message->range.count > 0 && message->range.count <= last->height) {
        for (uint16_t i = 0; i < message->range.count; i++) {
            const KetteEntry *entry =
                kette_entry_ancestor(last, last->height - message->range.count + 1 + i);

            if (!kette_chain_has_joined(node->chain, entry))
                break;
            bytes += kette_block_bytes(entry->block);
            if (count > 0 && bytes > RESPONSE_BYTES)
                break;
            blocks[count++] = entry->block;
        }
    }
    kette_door_send(node, peer, kette_message_sync_response(&message->range.last, blocks, count));
}

/* --- things by id ------------------------------------------------------------------------ */

/* Returns a block that has joined and is not known to be bad, or was passed on already; or NULL. */
static KetteBlock *
find_block(const KetteNode *node, const KetteHash *id)
{
    const KetteEntry *entry = kette_chain_find(node->chain, id);

    if (entry == NULL || !kette_chain_has_joined(node->chain, entry))
        return kette_ahead_find(node, id);
    return kette_chain_is_failed(node->chain, entry) ? NULL : entry->block;
}

/* Returns the message that answers, or NULL when the thing is not here. */
static KetteMessage *
answer(KetteNode *node, KetteMessageKind kind, const KetteHash *id)
{
    KetteBlock *block;
    KetteTx *tx;

    if (kind == KETTE_MSG_NEW_TRANSACTION) {
        tx = kette_mempool_find(node->mempool, id);
        return tx ? kette_mint_transaction(node->host.mint, tx) : NULL;
    }
    block = find_block(node, id);
    if (block == NULL)
        return NULL;
    return kind == KETTE_MSG_COMPACT_BLOCK ? kette_relay_compact(node, block)
                                           : kette_mint_block(node->host.mint, block);
}

static void
send_not_found(KetteNode *node, uint32_t peer, KetteMessageKind kind, const KetteHash *ids,
               uint16_t count)
{
    kette_door_send(node, peer, kette_message_inventory(KETTE_MSG_NOT_FOUND, kind, ids, count));
}

/* Sends the thing; false when it is not here. A question for it acknowledges its announcement, and
 * says that the peer lacks it. */
static bool
serve(KetteNode *node, uint32_t peer, KetteMessageKind kind, const KetteHash *id)
{
    KetteMessage *reply = answer(node, kind, id);

    kette_relay_acknowledged(node, peer, id);
    if (reply == NULL) {
        kette_known_forget(&node->known, peer, id);
        return false;
    }
    kette_known_learn(&node->known, peer, id, node->now_ns);
    kette_door_send(node, peer, reply);
    return true;
}

/* Serves an id that stands there twice once, and counts it as no misconduct: Bitcoin Core scores
 * neither (net_processing.cpp ProcessGetData), but serves each, which makes 8 MB of 36 bytes. */
void
kette_serve_data(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteInventory *asked = &message->inventory;
    g_autoptr(GArray) missing = NULL;
    KetteIdTable seen = {0};

    if (asked->count == 1) {
        if (!serve(node, peer, asked->kind, &asked->ids[0]))
            send_not_found(node, peer, asked->kind, &asked->ids[0], 1);
        return;
    }
    missing = g_array_new(FALSE, FALSE, sizeof(KetteHash));
    for (uint16_t i = 0; i < asked->count; i++) {
        kette_known_prefetch(&node->known, &asked->ids[i]);
        kette_mempool_prefetch(node->mempool, &asked->ids[i]);
    }
    for (uint16_t i = 0; i < asked->count; i++) {
        if (kette_id_table_find(&seen, &asked->ids[i]) != NULL)
            continue;
        kette_id_table_add(&seen, &asked->ids[i]);
        if (!serve(node, peer, asked->kind, &asked->ids[i]))
            g_array_append_vals(missing, &asked->ids[i], 1);
    }
    kette_id_table_clear(&seen);
    if (missing->len > 0)
        send_not_found(node, peer, asked->kind, (const KetteHash *)missing->data,
                       (uint16_t)missing->len);
}

void
kette_serve_block_txs(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteBlock *block = find_block(node, &message->want_txs.block);
    g_autofree KetteTx **txs = g_new(KetteTx *, MAX(message->want_txs.count, 1));

    if (block == NULL) {
        send_not_found(node, peer, KETTE_MSG_NEW_BLOCK, &message->want_txs.block, 1);
        return;
    }
    for (uint16_t i = 0; i < message->want_txs.count; i++) {
        if (message->want_txs.indices[i] >= block->tx_count) {
            kette_conduct_report(node, peer, KETTE_MISCONDUCT_BAD_REQUEST);
            return;
        }
        txs[i] = block->txs[message->want_txs.indices[i]];
    }
    kette_door_send(node, peer, kette_message_block_txs(&block->id, txs, message->want_txs.count));
}

void
kette_serve_payments(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteSpan *asked = &message->payments;

    for (uint16_t i = 0; i < asked->count; i++) {
        KetteTx *tx = kette_mempool_at(node->mempool, &asked->sender, asked->first + i);

        if (tx == NULL)
            continue;
        kette_known_learn(&node->known, peer, &tx->id, node->now_ns);
        kette_door_send(node, peer, kette_mint_transaction(node->host.mint, tx));
    }
}
