/* Payments at a node; see transaction.h. */
#include "core/node/transaction.h"

#include "core/node/node_impl.h"

static void
note_dropped(KetteNode *node, const GPtrArray *dropped)
{
    for (guint i = 0; i < dropped->len; i++) {
        const KetteTx *tx = g_ptr_array_index(dropped, i);

        kette_known_release(&node->known, &tx->id);
        kette_door_note(
            node, &(KetteNote){.kind = KETTE_NOTE_TX_DROPPED, .peer = KETTE_PEER_SELF, .tx = tx});
    }
}

static KetteVerdict
try_transaction(KetteNode *node, KetteTx *tx, uint32_t peer)
{
    g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);
    KetteVerdict verdict = kette_store_check_tx(kette_chain_store(node->chain), tx);

    if (verdict == KETTE_OK)
        verdict =
            kette_mempool_add(node->mempool, dropped, kette_chain_tip(node->chain)->state, tx);
    kette_door_given(node,
                     &(KetteGiven){.kind = KETTE_GIVEN_PAYMENT, .verdict = verdict, .tx = tx});
    if (verdict == KETTE_OK) {
        kette_door_note(node, &(KetteNote){.kind = KETTE_NOTE_TX_ACCEPTED, .peer = peer, .tx = tx});
        kette_peers_note_payment(node, peer);
        note_dropped(node, dropped);
        kette_trickle_payment(node, tx);
        kette_known_hold(&node->known, &tx->id, node->now_ns);
    }
    return verdict;
}

/* Keeps a peer's payment that came too early until its turn has come. */
static void
keep_early(KetteNode *node, KetteTx *tx, uint32_t peer)
{
    KetteEarly pushed_out;

    kette_payments_want(node, tx, peer);
    kette_early_add(&node->early, &pushed_out, tx, peer);
    if (pushed_out.tx == NULL)
        return;
    kette_door_note_refused(node, pushed_out.source, &pushed_out.tx->id, pushed_out.tx,
                            KETTE_NONCE_GAP);
    kette_tx_unref(pushed_out.tx);
}

/* Tries the payments that waited for the sender's next nonce, one after another. What a block has
 * brought, or has made void, is dropped without a note. */
static void
try_early_of(KetteNode *node, const KetteAddress *sender)
{
    const KetteAddress from = *sender; /* of what may go meanwhile */
    const KetteState *state = kette_chain_tip(node->chain)->state;
    uint64_t account = kette_state_get(state, &from).nonce;
    KetteEarly early;

    while (kette_early_take(&node->early, &early, &from,
                            account + kette_mempool_pending(node->mempool, &from))) {
        KetteVerdict verdict =
            early.tx->nonce < account ? KETTE_OK : try_transaction(node, early.tx, early.source);

        if (verdict != KETTE_OK && verdict != KETTE_ALREADY_KNOWN)
            kette_door_note_refused(node, early.source, &early.tx->id, early.tx, verdict);
        kette_tx_unref(early.tx);
    }
}

/* Tries all early payments after the tip has moved: for some it is their turn, others are in a
 * block. */
static void
try_all_early(KetteNode *node)
{
    for (uint32_t i = 0; i < node->early.count;) {
        uint32_t before = node->early.count;

        try_early_of(node, &node->early.items[i].tx->from);
        i = node->early.count < before ? 0 : i + 1;
    }
}

KetteVerdict
kette_transaction_accept(KetteNode *node, KetteTx *tx, uint32_t peer)
{
    KetteVerdict verdict = try_transaction(node, tx, peer);

    if (verdict == KETTE_NONCE_GAP && peer != KETTE_PEER_SELF) {
        keep_early(node, tx, peer);
        return verdict;
    }
    if (verdict == KETTE_OK && node->early.count > 0)
        try_early_of(node, &tx->from);
    if (verdict == KETTE_OK && kette_request_count(node) > 0)
        kette_payments_check(node, &tx->from);
    if (verdict != KETTE_OK && verdict != KETTE_ALREADY_KNOWN)
        kette_door_note_refused(node, peer, &tx->id, tx, verdict);
    return verdict;
}

void
kette_transaction_on_message(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    KetteTx *tx = message->tx;
    KetteVerdict verdict;
    KetteRequest *request = kette_request_find(node, KETTE_WANT_TX, &tx->id);

    if (request != NULL && request->asked == peer)
        kette_known_learn(&node->known, peer, &tx->id, node->now_ns);
    else
        kette_relay_on_announced(node, peer, KETTE_MSG_NEW_TRANSACTION, &tx->id);
    if (request != NULL) {
        kette_request_answered(node, request, peer);
        kette_request_end(node, request);
    }
    verdict = kette_transaction_accept(node, tx, peer);
    if (kette_verdict_class(verdict) == KETTE_CLASS_INVALID && verdict != KETTE_INSUFFICIENT_FUNDS)
        kette_conduct_report(node, peer, KETTE_MISCONDUCT_INVALID_TRANSACTION);
}

/* Takes the mark `held` from the payments that the new branch confirmed: they have left the
 * mempool. */
static void
release_confirmed(KetteNode *node)
{
    const KetteChainResult *result = &node->result;

    for (const KetteEntry *entry = result->new_tip; entry != result->fork; entry = entry->parent) {
        for (uint32_t i = 0; i < entry->block->tx_count; i++)
            kette_known_release(&node->known, &entry->block->txs[i]->id);
    }
}

/* Moves the mempool to the new tip, and notes what came back and what fell out. */
static void
follow(KetteNode *node)
{
    const KetteChainResult *result = &node->result;
    g_autoptr(GPtrArray) returned = NULL, dropped = NULL;

    if (kette_mempool_count(node->mempool) == 0 && result->fork == result->old_tip)
        return;
    returned = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);
    dropped = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);
    kette_mempool_follow(node->mempool, returned, dropped, result->old_tip, result->fork,
                         result->new_tip);
    release_confirmed(node);
    note_dropped(node, dropped);
    for (guint i = 0; i < returned->len; i++) {
        KetteTx *tx = g_ptr_array_index(returned, i);

        kette_door_note(
            node, &(KetteNote){.kind = KETTE_NOTE_TX_RETURNED, .peer = KETTE_PEER_SELF, .tx = tx});
        kette_trickle_payment(node, tx);
        kette_known_hold(&node->known, &tx->id, node->now_ns);
    }
}

void
kette_transaction_follow_tip(KetteNode *node)
{
    follow(node);
    if (node->early.count > 0)
        try_all_early(node);
    kette_payments_check_all(node);
}
