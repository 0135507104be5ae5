/* Blocks at a node: taken in from peers and miners, judged, mined, announced. How they are asked
 * for stands in request.h; transaction.c is the same for payments. */
#include "core/base/limits.h"
#include "core/node/node_impl.h"
#include "core/node/template.h"

/* --- taking in ---------------------------------------------------------------------------- */

/* Under ghost every block weighs, on the chain or beside it, so every one is passed on. */
static void
pass_on_joined(KetteNode *node)
{
    for (uint32_t i = 0;
         kette_chain_needs_side_blocks(node->chain) && i < node->result.joined.count; i++)
        kette_node_broadcast_block(node, kette_chain_result_joined(&node->result, i)->block,
                                   node->now_ns);
}

/* The body is here, or not wanted any more. */
static void
end_request(KetteNode *node, const KetteHash *id)
{
    KetteRequest *request = kette_request_find(node, KETTE_WANT_BLOCK, id);

    if (request != NULL)
        kette_request_end(node, request);
}

/* Whoever sent a bad orphan is to blame for it, not whoever sent its parent. */
static void
note_failed(KetteNode *node, uint32_t peer, const KetteJudged *judged)
{
    bool has_source = judged->source != KETTE_SOURCE_UNKNOWN;

    kette_node_note(node, &(KetteNote){.kind = KETTE_NOTE_REFUSED,
                                       .peer = has_source ? judged->source : peer,
                                       .id = &judged->entry->id,
                                       .verdict = judged->verdict});
    if (has_source && kette_verdict_class(judged->verdict) == KETTE_CLASS_INVALID)
        kette_node_misbehaved(node, judged->source, KETTE_MISCONDUCT_INVALID_BLOCK);
}

static void
note_results(KetteNode *node, uint32_t peer, const KetteHash *offered)
{
    const KetteChainResult *result = &node->result;

    for (uint32_t i = 0; i < result->joined.count; i++) {
        const KetteEntry *entry = kette_chain_result_joined(result, i);

        kette_known_hold(&node->known, &entry->id, node->now_ns);
        end_request(node, &entry->id);
        kette_node_note(node, &(KetteNote){.kind = KETTE_NOTE_BODY, .peer = peer, .entry = entry});
    }
    for (uint32_t i = 0; i < result->failed.count; i++) {
        const KetteJudged *judged = kette_chain_result_failed(result, i);

        end_request(node, &judged->entry->id);
        if (!kette_hash_equal(&judged->entry->id, offered))
            note_failed(node, peer, judged);
    }
}

static void
follow_tip(KetteNode *node)
{
    const KetteChainResult *result = &node->result;

    kette_node_note(node, &(KetteNote){.kind = KETTE_NOTE_TIP,
                                       .peer = KETTE_PEER_SELF,
                                       .entry = result->new_tip,
                                       .old_tip = result->old_tip,
                                       .fork = result->fork});
    kette_node_move_mempool(node);
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
kette_node_accept_block(KetteNode *node, KetteBlock *block, uint32_t peer)
{
    KetteVerdict verdict =
        kette_chain_add_block(node->chain, &node->result, block, peer, node->now_ns);

    kette_log_results(node, &block->id);
    note_results(node, peer, &block->id);
    if (verdict == KETTE_UNKNOWN_PARENT) {
        kette_node_note(node,
                        &(KetteNote){.kind = KETTE_NOTE_ORPHAN, .peer = peer, .id = &block->id});
        node->unsettled |= KETTE_UNSETTLED_EXPIRY;
    } else if (verdict != KETTE_OK && verdict != KETTE_ALREADY_KNOWN)
        kette_node_note(node, &(KetteNote){.kind = KETTE_NOTE_REFUSED,
                                           .peer = peer,
                                           .id = &block->id,
                                           .verdict = verdict});
    settle_request(node, peer, &block->id, verdict);
    if (node->result.new_tip != node->result.old_tip)
        follow_tip(node);
    pass_on_joined(node);
    if (kette_verdict_class(verdict) == KETTE_CLASS_INVALID && peer != KETTE_PEER_SELF)
        kette_node_misbehaved(node, peer, KETTE_MISCONDUCT_INVALID_BLOCK);
    return verdict;
}

/* Returns whether to look into a body at all: its header is here and sync asked for it; or, under
 * ghost, anything asked for it, because a side block may weigh however deep it stands; or the body
 * is here already; or it stands near the tip. An announcement alone is no reason: anybody can
 * announce any id. */
static bool
is_worth_keeping(const KetteNode *node, const KetteBlock *block, const KetteRequest *request)
{
    if (kette_chain_find(node->chain, &block->id) != NULL &&
        ((request != NULL &&
          (request->form == KETTE_FORM_RANGE || kette_chain_needs_side_blocks(node->chain))) ||
         kette_chain_knows_body(node->chain, &block->id)))
        return true;
    return kette_chain_is_near(node->chain, &block->header);
}

void
kette_node_take_block(KetteNode *node, uint32_t peer, KetteBlock *block)
{
    KetteRequest *request = kette_request_find(node, KETTE_WANT_BLOCK, &block->id);
    const KetteEntry *entry;
    KetteVerdict verdict;

    /* An answer to GET_DATA needs no ACK: the request that asked for it has its own time-out. */
    if (request != NULL && request->asked == peer && request->form != KETTE_FORM_RANGE)
        kette_known_learn(&node->known, peer, &block->id, node->now_ns);
    else
        kette_node_acknowledge(node, peer, KETTE_MSG_NEW_BLOCK, &block->id);
    if (request != NULL && (request->asked == peer || request->tries > 0))
        kette_request_answered(node, request, peer);
    if (!is_worth_keeping(node, block, request)) {
        end_request(node, &block->id); /* an honest peer may still be far behind: no points */
        return;
    }
    verdict = kette_node_accept_block(node, block, peer);
    entry = kette_chain_find(node->chain, &block->id);
    if (entry != NULL && kette_chain_knows_body(node->chain, &block->id) &&
        !kette_chain_is_failed(node->chain, entry))
        kette_headers_raise_best(node, peer, entry);
    if (verdict == KETTE_UNKNOWN_PARENT)
        kette_headers_ask(node, peer);
}

/* --- announcing --------------------------------------------------------------------------- */

void
kette_node_broadcast_block(KetteNode *node, KetteBlock *block, int64_t now_ns)
{
    g_autoptr(KetteMessage) message = NULL;

    kette_node_set_now(node, now_ns);
    message = node->config.relay == KETTE_RELAY_FLOOD
                  ? kette_mint_block(node->host.mint, block)
                  : kette_node_inventory_of(node, KETTE_MSG_NEW_BLOCK, &block->id);
    kette_relay_announce(node, message, &block->id);
}

void
kette_node_show_tip(KetteNode *node)
{
    const KetteEntry *tip = kette_chain_tip(node->chain);

    if (tip == node->shown_tip)
        return;
    node->shown_tip = tip;
    kette_node_broadcast_block(node, tip->block, node->now_ns);
}

/* --- mining ------------------------------------------------------------------------------- */

KetteBlock *
kette_node_build_block(KetteNode *node, KetteVerdict *ret_verdict, uint64_t *ret_tries,
                       int64_t now_ns)
{
    const KetteMiner miner = {node->config.miner, now_ns + node->clock_offset_ns, node->host.go_on,
                              node->host.user};

    kette_node_set_now(node, now_ns);
    return kette_template_build(kette_chain_store(node->chain), ret_verdict, ret_tries,
                                kette_chain_tip(node->chain), node->mempool, &miner);
}

KetteVerdict
kette_node_submit_block(KetteNode *node, KetteBlock *block, int64_t now_ns)
{
    KetteVerdict verdict;

    kette_node_set_now(node, now_ns);
    verdict = kette_node_accept_block(node, block, KETTE_PEER_SELF);
    kette_node_settle(node);
    return verdict;
}

KetteBlock *
kette_node_mine_pending_transactions(KetteNode *node, KetteVerdict *ret_verdict, int64_t now_ns)
{
    uint64_t tries;
    KetteBlock *block = kette_node_build_block(node, ret_verdict, &tries, now_ns);

    if (block == NULL)
        return NULL;
    *ret_verdict = kette_node_submit_block(node, block, now_ns);
    if (*ret_verdict != KETTE_OK) /* it is what a tip that did not move was mined on before */
        g_clear_pointer(&block, kette_block_unref);
    return block;
}
