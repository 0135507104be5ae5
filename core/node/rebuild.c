/* Compact blocks on their way in; see rebuild.h. */
#include "core/node/rebuild.h"

#include "core/base/limits.h"
#include "core/chain/rules.h"
#include "core/node/compact.h"
#include "core/node/node_impl.h"

void
kette_rebuild_clear(KetteNode *node)
{
    g_clear_pointer(&node->rebuild.partials, g_ptr_array_unref);
}

void
kette_rebuild_drop(KetteNode *node, const KetteHash *id)
{
    for (guint i = 0; node->rebuild.partials != NULL && i < node->rebuild.partials->len; i++) {
        const KettePartial *partial = g_ptr_array_index(node->rebuild.partials, i);

        if (kette_hash_equal(&partial->id, id)) {
            g_ptr_array_remove_index(node->rebuild.partials, i);
            return;
        }
    }
}

/* Returns whether this peer has begun the block: only its first answer gives it more time. */
static bool
has_begun(const KetteNode *node, uint32_t peer, const KetteHash *id)
{
    for (guint i = 0; node->rebuild.partials != NULL && i < node->rebuild.partials->len; i++) {
        const KettePartial *partial = g_ptr_array_index(node->rebuild.partials, i);

        if (partial->peer == peer && kette_hash_equal(&partial->id, id))
            return true;
    }
    return false;
}

/* Returns the row of a block that this peer was asked for in compact form; else NULL. */
static KetteRequest *
asked_of(const KetteNode *node, uint32_t peer, const KetteHash *id)
{
    KetteRequest *request = kette_request_find(node, KETTE_WANT_BLOCK, id);

    return request != NULL && request->asked == peer && request->form == KETTE_FORM_COMPACT
               ? request
               : NULL;
}

/* Returns whether the block is being put together from what some peer sent. */
static bool
is_begun(const KetteNode *node, const KetteHash *id)
{
    for (guint i = 0; node->rebuild.partials != NULL && i < node->rebuild.partials->len; i++) {
        const KettePartial *partial = g_ptr_array_index(node->rebuild.partials, i);

        if (kette_hash_equal(&partial->id, id))
            return true;
    }
    return false;
}

/* Returns the row of a block that this peer may send unasked (high.h), as if it had been asked;
 * NULL if it may not, or the block is not wanted. */
static KetteRequest *
take_unasked(KetteNode *node, uint32_t peer, const KetteHash *id, const KetteHeader *header)
{
    if (!kette_high_has(node, peer))
        return NULL;
    kette_relay_on_announced(node, peer, KETTE_MSG_INVENTORY, id);
    if (kette_chain_knows_body(node->chain, id) || is_begun(node, id) ||
        !kette_presync_allows(node, header))
        return NULL;
    return kette_fetch_expect(node, peer, id);
}

/* Takes the block if the partial one is whole; asks for the whole one if it came out wrong. */
static void
finish(KetteNode *node, KettePartial *partial, KetteRequest *request)
{
    KetteHasher *hasher = kette_store_hasher(kette_chain_store(node->chain));
    g_autoptr(KetteBlock) block = kette_partial_finish(hasher, partial);

    if (block == NULL)
        kette_fetch_ask(node, request, partial->peer, KETTE_FORM_WHOLE);
    else
        kette_event_block_rebuilt(node, partial->peer, block);
}

/* Draws whether a block that is whole is taken for one that is not: see compact_fail_ppb. */
static bool
draw_failure(KetteNode *node)
{
    uint32_t ppb = node->config.compact_fail_ppb;

    return ppb > 0 &&
           (uint64_t)((unsigned __int128)kette_door_random(node) * 1000000000 >> 64) < ppb;
}

/* Returns what the header and the size of a block are held against. While its parent is not here,
 * nobody knows which upgrades hold for it: then the least that any of them asks for. */
static KetteParams
params_for(const KetteNode *node, const KetteHeader *header)
{
    const KetteStore *store = kette_chain_store(node->chain);
    const KetteEntry *parent = kette_chain_find(node->chain, &header->previous);
    KetteParams params = *kette_store_params_above(store, parent);

    if (parent == NULL) {
        params.min_version = kette_store_least_version(store);
        params.max_block_bytes = KETTE_BLOCK_MAX_BYTES;
    }
    return params;
}

void
kette_rebuild_on_compact(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    KetteHasher *hasher = kette_store_hasher(kette_chain_store(node->chain));
    KetteHash id = kette_header_id(hasher, &message->compact.head.header);
    const KetteParams params = params_for(node, &message->compact.head.header);
    KetteRequest *request = asked_of(node, peer, &id);
    KettePartial *partial;
    g_autofree uint32_t *indices = NULL;

    if (request == NULL)
        request = take_unasked(node, peer, &id, &message->compact.head.header);
    if (request == NULL || has_begun(node, peer, &id))
        return; /* not asked for, or twice */
    /* The header and the size are looked at before anything is made of the rest. */
    if (kette_rules_header(&params, hasher, &message->compact.head.header, &id) != KETTE_OK ||
        message->compact.head.tx_count > params.max_block_bytes / KETTE_TX_BYTES) {
        kette_conduct_report(node, peer, KETTE_MISCONDUCT_INVALID_BLOCK);
        kette_fetch_lacks(node, peer, request);
        return;
    }
    kette_known_learn(&node->known, peer, &id, node->now_ns);
    kette_rebuild_drop(node, &id);
    if (node->rebuild.partials == NULL)
        node->rebuild.partials = g_ptr_array_new_with_free_func((GDestroyNotify)kette_partial_free);
    if (node->rebuild.partials->len == KETTE_COMPACT_MAX) {
        kette_fetch_ask(node, request, peer, KETTE_FORM_WHOLE);
        return;
    }
    partial = kette_partial_new(hasher, &message->compact, node->mempool, peer);
    g_ptr_array_add(node->rebuild.partials, partial);
    indices = kette_partial_missing(partial);
    if (indices == NULL || (partial->missing == 0 && !draw_failure(node))) {
        finish(node, partial, request);
        return;
    }
    kette_request_wait(node, request);
    kette_door_send(node, peer,
                    kette_message_get_block_txs(&id, indices, (uint16_t)partial->missing));
}

void
kette_rebuild_on_block_txs(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    KetteRequest *request = asked_of(node, peer, &message->block_txs.block);

    for (guint i = 0;
         request != NULL && node->rebuild.partials != NULL && i < node->rebuild.partials->len;
         i++) {
        KettePartial *partial = g_ptr_array_index(node->rebuild.partials, i);

        if (partial->peer != peer || !kette_hash_equal(&partial->id, &request->id))
            continue;
        /* What does not fit leaves a gap, and the whole block is asked for. */
        if (!kette_partial_fill(partial, message->block_txs.txs, message->block_txs.count))
            partial->missing = MAX(partial->missing, 1);
        finish(node, partial, request);
        return;
    }
}
