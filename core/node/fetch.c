/* Announce, then ask: blocks and transactions that peers have announced and this node lacks.
 *
 * Each is asked of the first who announced it; a time-out, twice as long each time, or NOT_FOUND
 * moves it to the next. With
 * compact relay a block is asked for in compact form, rebuilt from the mempool, completed in a
 * second round trip, and asked for whole when that fails.
 */
#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/chain/rules.h"
#include "core/node/compact.h"
#include "core/node/node_impl.h"

/* One thing at a time is asked for in most nodes: the list begins in the node, and goes back to it.
 */
static void
clear_list(KetteNode *node)
{
    if (node->fetches != &node->first_fetch)
        g_free(node->fetches);
    node->fetches = &node->first_fetch;
    node->fetch_count = 0;
    node->fetch_room = 1;
}

void
kette_fetch_init(KetteNode *node)
{
    node->fetches = NULL;
    clear_list(node);
}

static void
double_room(KetteNode *node)
{
    KetteFetch *old = node->fetches;

    node->fetch_room *= 2;
    node->fetches = g_new(KetteFetch, node->fetch_room);
    memcpy(node->fetches, old, node->fetch_count * sizeof *old);
    if (old != &node->first_fetch)
        g_free(old);
}

void
kette_fetch_clear(KetteNode *node)
{
    clear_list(node);
    g_clear_pointer(&node->partials, g_ptr_array_unref);
    g_clear_pointer(&node->compact, kette_message_unref);
}

static KetteFetch *
find(const KetteNode *node, const KetteHash *id)
{
    for (uint32_t i = 0; i < node->fetch_count; i++) {
        KetteFetch *fetch = &node->fetches[i];

        if (kette_hash_equal(&fetch->id, id))
            return fetch;
    }
    return NULL;
}

static void
drop_partial(KetteNode *node, const KetteHash *id)
{
    for (guint i = 0; node->partials != NULL && i < node->partials->len; i++) {
        const KettePartial *partial = g_ptr_array_index(node->partials, i);

        if (kette_hash_equal(&partial->id, id)) {
            g_ptr_array_remove_index(node->partials, i);
            return;
        }
    }
}

static void
drop(KetteNode *node, KetteFetch *fetch)
{
    drop_partial(node, &fetch->id);
    node->fetch_count--;
    memmove(fetch, fetch + 1, (size_t)(node->fetches + node->fetch_count - fetch) * sizeof *fetch);
    if (node->fetch_count == 0)
        clear_list(node);
}

static void
send_get_data(KetteNode *node, KetteFetch *fetch, KetteMessageKind kind)
{
    fetch->deadline_ns = kette_node_deadline(node, fetch->late);
    kette_node_send(node, fetch->asked,
                    kette_mint_inventory(node->host.mint, KETTE_MSG_GET_DATA, kind, &fetch->id));
}

/* Asks the first source that is still there; false, and the fetch is gone, when none is left. */
static bool
ask_next(KetteNode *node, KetteFetch *fetch)
{
    drop_partial(node, &fetch->id); /* what another has begun is of no use to the next */
    while (fetch->source_count > 0) {
        uint32_t peer = fetch->sources[0];
        KetteMessageKind kind = fetch->kind;

        fetch->source_count--;
        memmove(fetch->sources, fetch->sources + 1, fetch->source_count * sizeof(uint32_t));
        if (!kette_node_is_ready(node, peer))
            continue;
        fetch->asked = peer;
        if (kind == KETTE_MSG_NEW_BLOCK && node->config.relay == KETTE_RELAY_COMPACT)
            kind = KETTE_MSG_COMPACT_BLOCK;
        send_get_data(node, fetch, kind);
        return true;
    }
    drop(node, fetch);
    return false;
}

static void
add_source(KetteFetch *fetch, uint32_t peer)
{
    for (uint8_t i = 0; i < fetch->source_count; i++) {
        if (fetch->sources[i] == peer)
            return;
    }
    if (fetch->asked != peer && fetch->source_count < KETTE_FETCH_SOURCES)
        fetch->sources[fetch->source_count++] = peer;
}

void
kette_fetch_want(KetteNode *node, uint32_t peer, KetteMessageKind kind, const KetteHash *id)
{
    KetteFetch *fetch = find(node, id),
               fresh = {.kind = (uint8_t)kind, .id = *id, .asked = UINT32_MAX};

    if (fetch != NULL) {
        add_source(fetch, peer);
        return;
    }
    if (node->fetch_count == KETTE_FETCH_MAX)
        drop(node, &node->fetches[0]);
    if (node->fetch_count == node->fetch_room)
        double_room(node);
    if (kind == KETTE_MSG_NEW_BLOCK)
        kette_known_expect(&node->known, id);
    add_source(&fresh, peer);
    node->fetches[node->fetch_count++] = fresh;
    ask_next(node, &node->fetches[node->fetch_count - 1]);
}

/* Here, or on its way by a range of the sync. */
static bool
have(const KetteNode *node, KetteMessageKind kind, const KetteHash *id)
{
    const KetteEntry *entry;

    if (kind != KETTE_MSG_NEW_BLOCK)
        return kette_mempool_find(node->mempool, id) != NULL || kette_early_has(&node->early, id);
    if (node->body_requests != NULL) {
        entry = kette_chain_find(node->chain, id);
        if (entry != NULL && kette_sync_is_requested(node, entry))
            return true;
    }
    return kette_chain_knows_body(node->chain, id);
}

bool
kette_fetch_is_old_news(KetteNode *node, uint32_t peer, const KetteInventory *inventory)
{
    const KetteHash *id = &inventory->one;
    KetteFetch *fetch = find(node, id);
    bool is_here = false;

    if (inventory->kind != KETTE_MSG_NEW_BLOCK)
        is_here = have(node, inventory->kind, id);
    else if (node->body_requests != NULL || !kette_chain_is_plain(node->chain))
        return false; /* one that is asked for may be here all the same */
    if ((fetch == NULL && !is_here) || node->request_due_ns <= node->now_ns)
        return false; /* or a request runs out in this very instant: see kette_sync_arm */
    kette_known_learn(&node->known, peer, id, node->now_ns);
    if (!is_here)
        add_source(fetch, peer);
    return true;
}

void
kette_fetch_on_inventory(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteInventory *inventory = &message->inventory;
    bool wanted = false;

    for (uint16_t i = 0; i < inventory->count; i++) {
        const KetteHash *id = &inventory->ids[i];

        if (kette_node_acknowledge(node, peer, KETTE_MSG_INVENTORY, id) ||
            have(node, inventory->kind, id))
            continue;
        kette_fetch_want(node, peer, inventory->kind, id);
        wanted = true;
    }
    if (wanted)
        kette_sync_arm(node);
}

/* --- serving ------------------------------------------------------------------------------- */

/* One compact form a block: whoever asks gets the same salt and the same bytes. */
static KetteMessage *
compact_of(KetteNode *node, const KetteBlock *block)
{
    if (node->compact == NULL || !kette_hash_equal(&node->compact_id, &block->id)) {
        KetteMessage *message =
            kette_compact_message(kette_store_hasher(kette_chain_store(node->chain)), block,
                                  node->host.random(node->host.user));

        kette_message_unref(node->compact);
        node->compact = message;
        node->compact_id = block->id;
    }
    return kette_message_ref(node->compact);
}

/* The message that answers, or NULL when the thing is not here. */
static KetteMessage *
answer(KetteNode *node, KetteMessageKind kind, const KetteHash *id)
{
    const KetteEntry *entry;
    KetteTx *tx;

    if (kind == KETTE_MSG_NEW_TRANSACTION) {
        tx = kette_mempool_find(node->mempool, id);
        return tx ? kette_mint_transaction(node->host.mint, tx) : NULL;
    }
    entry = kette_chain_find(node->chain, id);
    if (entry == NULL || !kette_chain_has_joined(node->chain, entry))
        return NULL;
    return kind == KETTE_MSG_COMPACT_BLOCK ? compact_of(node, entry->block)
                                           : kette_mint_block(node->host.mint, entry->block);
}

static void
send_not_found(KetteNode *node, uint32_t peer, KetteMessageKind kind, const KetteHash *ids,
               uint16_t count)
{
    kette_node_send(node, peer, kette_message_inventory(KETTE_MSG_NOT_FOUND, kind, ids, count));
}

/* False when the thing is not here. To ask is to acknowledge. */
static bool
serve(KetteNode *node, uint32_t peer, KetteMessageKind kind, const KetteHash *id)
{
    KetteMessage *reply = answer(node, kind, id);

    kette_relay_acknowledged(node, peer, id);
    if (reply == NULL)
        return false;
    kette_known_learn(&node->known, peer, id, node->now_ns);
    kette_node_send(node, peer, reply);
    return true;
}

/* An id that stands there twice is served once and is no misconduct: Bitcoin Core scores neither
 * (net_processing.cpp ProcessGetData), but serves each, which makes 8 MB of 36 bytes. */
void
kette_fetch_on_get_data(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteInventory *asked = &message->inventory;
    g_autoptr(GArray) missing = NULL;
    g_autoptr(GHashTable) seen = NULL;

    if (asked->count == 1) {
        if (!serve(node, peer, asked->kind, &asked->ids[0]))
            send_not_found(node, peer, asked->kind, &asked->ids[0], 1);
        return;
    }
    missing = g_array_new(FALSE, FALSE, sizeof(KetteHash));
    seen = g_hash_table_new(kette_hash_table_hash, kette_hash_table_equal);
    for (uint16_t i = 0; i < asked->count; i++) {
        if (g_hash_table_add(seen, &asked->ids[i]) &&
            !serve(node, peer, asked->kind, &asked->ids[i]))
            g_array_append_vals(missing, &asked->ids[i], 1);
    }
    if (missing->len > 0)
        send_not_found(node, peer, asked->kind, (const KetteHash *)missing->data,
                       (uint16_t)missing->len);
}

void
kette_fetch_on_get_block_txs(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteEntry *entry = kette_chain_find(node->chain, &message->want_txs.block);
    g_autofree KetteTx **txs = g_new(KetteTx *, MAX(message->want_txs.count, 1));

    if (entry == NULL || !kette_chain_has_joined(node->chain, entry)) {
        send_not_found(node, peer, KETTE_MSG_NEW_BLOCK, &message->want_txs.block, 1);
        return;
    }
    for (uint16_t i = 0; i < message->want_txs.count; i++) {
        if (message->want_txs.indices[i] >= entry->block->tx_count) {
            kette_node_misbehaved(node, peer, KETTE_MISCONDUCT_BAD_REQUEST);
            return;
        }
        txs[i] = entry->block->txs[message->want_txs.indices[i]];
    }
    kette_node_send(node, peer, kette_message_block_txs(&entry->id, txs, message->want_txs.count));
}

/* --- receiving ----------------------------------------------------------------------------- */

/* The fetch of `id`, if it is `peer` that was asked. */
static KetteFetch *
asked_of(const KetteNode *node, uint32_t peer, const KetteHash *id)
{
    KetteFetch *fetch = find(node, id);

    return fetch != NULL && fetch->asked == peer ? fetch : NULL;
}

bool
kette_fetch_is_asked(const KetteNode *node, const KetteHash *id)
{
    return find(node, id) != NULL;
}

bool
kette_fetch_is_asked_of(const KetteNode *node, uint32_t peer, const KetteHash *id)
{
    return asked_of(node, peer, id) != NULL;
}

bool
kette_fetch_done(KetteNode *node, uint32_t peer, const KetteHash *id)
{
    KetteFetch *fetch = find(node, id);
    bool was_asked = fetch != NULL && fetch->asked == peer;

    if (fetch != NULL) {
        drop(node, fetch);
        kette_sync_arm(node);
    }
    return was_asked;
}

void
kette_fetch_on_not_found(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    for (uint16_t i = 0; i < message->inventory.count; i++) {
        KetteFetch *fetch = asked_of(node, peer, &message->inventory.ids[i]);

        if (fetch != NULL)
            ask_next(node, fetch);
    }
    kette_sync_arm(node);
}

static void
ask_whole(KetteNode *node, KetteFetch *fetch)
{
    drop_partial(node, &fetch->id);
    send_get_data(node, fetch, KETTE_MSG_NEW_BLOCK);
    kette_sync_arm(node);
}

/* Takes the block if the partial one is whole; asks for the whole one if it came out wrong. */
static void
finish(KetteNode *node, KettePartial *partial, KetteFetch *fetch)
{
    KetteHasher *hasher = kette_store_hasher(kette_chain_store(node->chain));
    g_autoptr(KetteBlock) block = kette_partial_finish(hasher, partial);
    uint32_t peer = partial->peer;

    if (block == NULL) {
        ask_whole(node, fetch);
        return;
    }
    kette_fetch_done(node, peer, &block->id);
    kette_node_take_block(node, peer, block, true);
}

void
kette_fetch_on_compact(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    KetteHasher *hasher = kette_store_hasher(kette_chain_store(node->chain));
    KetteHash id = kette_header_id(hasher, &message->compact.head.header);
    const KetteParams *params = kette_store_params(kette_chain_store(node->chain));
    KetteFetch *fetch = asked_of(node, peer, &id);
    KettePartial *partial;
    g_autofree uint32_t *indices = NULL;

    if (fetch == NULL)
        return; /* not asked for */
    /* The header and the size are looked at before anything is made of the rest. */
    if (kette_rules_header(params, hasher, &message->compact.head.header, &id) != KETTE_OK ||
        message->compact.head.tx_count > params->max_block_bytes / KETTE_TX_BYTES) {
        kette_node_misbehaved(node, peer, KETTE_MISCONDUCT_INVALID_BLOCK);
        return;
    }
    kette_known_learn(&node->known, peer, &id, node->now_ns);
    drop_partial(node, &id);
    if (node->partials == NULL)
        node->partials = g_ptr_array_new_with_free_func((GDestroyNotify)kette_partial_free);
    if (node->partials->len == KETTE_COMPACT_MAX) {
        ask_whole(node, fetch);
        return;
    }
    partial = kette_partial_new(hasher, &message->compact, node->mempool, peer);
    g_ptr_array_add(node->partials, partial);
    indices = kette_partial_missing(partial);
    if (partial->missing == 0 || indices == NULL) {
        finish(node, partial, fetch);
        return;
    }
    fetch->deadline_ns = kette_node_deadline(node, fetch->late);
    kette_node_send(node, peer,
                    kette_message_get_block_txs(&id, indices, (uint16_t)partial->missing));
    kette_sync_arm(node);
}

void
kette_fetch_on_block_txs(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    KetteFetch *fetch = asked_of(node, peer, &message->block_txs.block);

    for (guint i = 0; fetch != NULL && node->partials != NULL && i < node->partials->len; i++) {
        KettePartial *partial = g_ptr_array_index(node->partials, i);

        if (partial->peer != peer || !kette_hash_equal(&partial->id, &fetch->id))
            continue;
        /* What does not fit leaves a gap, and the whole block is asked for. */
        if (!kette_partial_fill(partial, message->block_txs.txs, message->block_txs.count))
            partial->missing = MAX(partial->missing, 1);
        finish(node, partial, fetch);
        return;
    }
}

/* --- time-outs and departures -------------------------------------------------------------- */

int64_t
kette_fetch_deadline(const KetteNode *node)
{
    int64_t first = INT64_MAX;

    for (uint32_t i = 0; i < node->fetch_count; i++)
        first = MIN(first, node->fetches[i].deadline_ns);
    return first;
}

void
kette_fetch_timer(KetteNode *node)
{
    for (uint32_t i = 0; i < node->fetch_count;) {
        KetteFetch *fetch = &node->fetches[i];

        if (fetch->deadline_ns > node->now_ns) {
            i++;
            continue;
        }
        if (fetch->late < KETTE_REQUEST_DOUBLINGS)
            fetch->late++;
        if (ask_next(node, fetch))
            i++;
    }
}

void
kette_fetch_forget_peer(KetteNode *node, uint32_t peer)
{
    for (uint32_t i = 0; i < node->fetch_count;) {
        KetteFetch *fetch = &node->fetches[i];

        if (fetch->asked != peer || ask_next(node, fetch))
            i++;
    }
}
