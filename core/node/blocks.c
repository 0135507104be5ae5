/* Blocks at a node; see blocks.h. */
#include "core/node/blocks.h"

#include "core/base/limits.h"
#include "core/node/node_impl.h"

/* --- taking in ---------------------------------------------------------------------------- */

static void
relay_joined(KetteNode *node, uint32_t peer)
{
    for (uint32_t i = 0; i < node->result.joined.count; i++)
        kette_relay_block(node, kette_chain_result_joined(&node->result, i)->block,
                          peer == KETTE_PEER_SELF);
}

/* Returns whether who sends such a block misbehaves: with relay_before_check an honest node may
 * pass on what only the check finds. */
static bool
is_misconduct(const KetteNode *node, KetteVerdict verdict)
{
    switch (verdict) {
    case KETTE_BAD_HEIGHT:
    case KETTE_BLOCK_TOO_BIG:
    case KETTE_DUPLICATE_TX:
    case KETTE_BAD_ENCODING:
    case KETTE_BAD_AMOUNT:
    case KETTE_BAD_SIGNATURE:
    case KETTE_BAD_NONCE:
    case KETTE_INSUFFICIENT_FUNDS:
    case KETTE_BAD_STATE_ROOT:
    case KETTE_BAD_REWARD:
        return !node->config.relay_before_check;
    default:
        return kette_verdict_class(verdict) == KETTE_CLASS_INVALID;
    }
}

/* Blames the sender of a bad orphan for it, not the sender of its parent. */
static void
note_failed(KetteNode *node, uint32_t peer, const KetteJudged *judged)
{
    bool has_source = judged->source != KETTE_SOURCE_UNKNOWN;

    kette_door_note_refused(node, has_source ? judged->source : peer, &judged->entry->id, NULL,
                            judged->verdict);
    if (has_source && is_misconduct(node, judged->verdict))
        kette_conduct_report(node, judged->source, KETTE_MISCONDUCT_INVALID_BLOCK);
}

static void
note_results(KetteNode *node, uint32_t peer, const KetteHash *offered)
{
    const KetteChainResult *result = &node->result;

    for (uint32_t i = 0; i < result->joined.count; i++) {
        const KetteEntry *entry = kette_chain_result_joined(result, i);

        kette_known_hold(&node->known, &entry->id, node->now_ns);
        kette_request_end_block(node, &entry->id);
        kette_door_note(node, &(KetteNote){.kind = KETTE_NOTE_BODY, .peer = peer, .entry = entry});
    }
    for (uint32_t i = 0; i < result->failed.count; i++) {
        const KetteJudged *judged = kette_chain_result_failed(result, i);

        kette_request_end_block(node, &judged->entry->id);
        if (!kette_hash_equal(&judged->entry->id, offered))
            note_failed(node, peer, judged);
    }
}

static void
follow_tip(KetteNode *node)
{
    const KetteChainResult *result = &node->result;

    kette_door_note(node, &(KetteNote){.kind = KETTE_NOTE_TIP,
                                       .peer = KETTE_PEER_SELF,
                                       .entry = result->new_tip,
                                       .old_tip = result->old_tip,
                                       .fork = result->fork});
    kette_transaction_follow_tip(node);
    kette_outdated_on_tip(node);
}

/* Ends the request for a block whose body has come. A body that its header does not commit to is a
 * wrong answer, not a bad block: then the next peer is asked. */
static void
settle_request(KetteNode *node, uint32_t peer, const KetteHash *id, KetteVerdict verdict)
{
    KetteRequest *request = kette_request_find(node, KETTE_WANT_BLOCK, id);
    bool is_wrong_body = kette_verdict_class(verdict) == KETTE_CLASS_INVALID &&
                         !kette_chain_knows_body(node->chain, id);

    if (request == NULL)
        return;
    if (!is_wrong_body) {
        kette_request_end(node, request);
    } else if (request->asked == peer) {
        kette_request_failed(node, peer);
        kette_fetch_lacks(node, peer, request);
    }
}

KetteVerdict
kette_blocks_accept(KetteNode *node, KetteBlock *block, uint32_t peer)
{
    KetteVerdict verdict =
        kette_chain_add_block(node->chain, &node->result, block, peer, node->now_ns);

    kette_door_given(
        node,
        &(KetteGiven){.kind = KETTE_GIVEN_BLOCK, .peer = peer, .verdict = verdict, .block = block});
    kette_ahead_drop(node, &block->id);
    kette_log_results(node, &block->id);
    note_results(node, peer, &block->id);
    if (verdict == KETTE_UNKNOWN_PARENT) {
        kette_door_note(node,
                        &(KetteNote){.kind = KETTE_NOTE_ORPHAN, .peer = peer, .id = &block->id});
        node->unsettled |= KETTE_UNSETTLED_EXPIRY;
    } else if (verdict != KETTE_OK && verdict != KETTE_ALREADY_KNOWN) {
        kette_door_note_refused(node, peer, &block->id, NULL, verdict);
        kette_outdated_on_refused(node, &block->header, verdict);
    }
    settle_request(node, peer, &block->id, verdict);
    if (node->result.new_tip != node->result.old_tip) {
        node->tip_is_own = peer == KETTE_PEER_SELF;
        follow_tip(node);
    }
    if (node->config.relay_side_blocks || kette_chain_needs_side_blocks(node->chain))
        relay_joined(node, peer);
    if (is_misconduct(node, verdict) && peer != KETTE_PEER_SELF)
        kette_conduct_report(node, peer, KETTE_MISCONDUCT_INVALID_BLOCK);
    return verdict;
}

bool
kette_blocks_act_by_hand(KetteNode *node, KetteHand hand, const KetteEntry *entry)
{
    const KetteHash none = {{0}};

    if (!kette_chain_act_by_hand(node->chain, &node->result, hand, entry))
        return false;
    kette_door_given(node,
                     &(KetteGiven){.kind = KETTE_GIVEN_HAND, .hand = hand, .tip = &entry->id});
    kette_log_hand(node, hand, entry);
    kette_log_results(node, &entry->id);
    note_results(node, KETTE_PEER_SELF, &none);
    if (node->result.new_tip != node->result.old_tip)
        follow_tip(node);
    node->unsettled |= KETTE_UNSETTLED_BODIES;
    return true;
}

/* Returns whether to look into a body at all: its header is here and sync asked for it; or, where
 * side blocks weigh, anything asked for it, however deep it stands; or the body
 * is here already; or its chain has enough work. An announcement alone is no reason: anybody can
 * announce any id. */
static bool
is_worth_keeping(const KetteNode *node, const KetteBlock *block, const KetteRequest *request)
{
    if (kette_chain_find(node->chain, &block->id) != NULL &&
        ((request != NULL &&
          (request->form == KETTE_FORM_RANGE || kette_chain_needs_side_blocks(node->chain))) ||
         kette_chain_knows_body(node->chain, &block->id)))
        return true;
    return kette_presync_allows(node, &block->header);
}

/* Returns whether the block's parent is unknown because the peer's chain has too little work so
 * far: then its headers are asked for, and no orphan is kept. */
static bool
stands_on_too_little(const KetteNode *node, uint32_t peer, const KetteBlock *block)
{
    return kette_presync_last(node, peer) != NULL &&
           kette_chain_find(node->chain, &block->header.previous) == NULL;
}

void
kette_blocks_take(KetteNode *node, uint32_t peer, KetteBlock *block)
{
    KetteRequest *request = kette_request_find(node, KETTE_WANT_BLOCK, &block->id);
    const KetteEntry *entry;
    KetteVerdict verdict;

    /* An answer to GET_DATA needs no ACK: the request that asked for it has its own time-out. */
    if (request != NULL && request->asked == peer && request->form != KETTE_FORM_RANGE)
        kette_known_learn(&node->known, peer, &block->id, node->now_ns);
    else
        kette_relay_on_announced(node, peer, KETTE_MSG_NEW_BLOCK, &block->id);
    if (request != NULL && (request->asked == peer || request->tries > 0))
        kette_request_answered(node, request, peer);
    if (stands_on_too_little(node, peer, block)) {
        kette_request_end_block(node, &block->id);
        kette_headers_ask(node, peer);
        return;
    }
    if (!is_worth_keeping(node, block, request)) {
        /* An honest peer may still be far behind: no points. */
        kette_request_end_block(node, &block->id);
        return;
    }
    verdict = kette_blocks_accept(node, block, peer);
    if (verdict == KETTE_OK)
        kette_peers_note_block(node, peer);
    if (verdict == KETTE_OK && node->result.new_tip != node->result.old_tip)
        kette_high_on_tip(node, peer);
    entry = kette_chain_find(node->chain, &block->id);
    if (entry != NULL && kette_chain_knows_body(node->chain, &block->id) &&
        !kette_chain_is_failed(node->chain, entry))
        kette_best_raise(node, peer, entry);
    if (verdict == KETTE_UNKNOWN_PARENT)
        kette_headers_ask(node, peer);
}

void
kette_blocks_on_message(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    kette_blocks_take(node, peer, message->block);
}

/* --- the tip ------------------------------------------------------------------------------ */

void
kette_blocks_start(KetteNode *node)
{
    node->shown_tip = kette_chain_tip(node->chain);
}

void
kette_blocks_show_tip(KetteNode *node)
{
    const KetteEntry *tip = kette_chain_tip(node->chain);

    if (tip == node->shown_tip)
        return;
    node->shown_tip = tip;
    if (tip->parent == NULL)
        return; /* an operator has taken the chain back to genesis */
    kette_relay_block(node, tip->block, node->tip_is_own);
}
