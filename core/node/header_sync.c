/* Header sync: what each peer's chain has that this node has not seen.
 *
 * A peer is *idle* (no question open), *asked*, or *continuing*. Tip polling asks one idle peer a
 * period, in rotation (KETTE_FORM_POLLED). A tip in a handshake that this node does not know, or a
 * block without a parent, asks that very peer (KETTE_FORM_ASKED). An answer of KETTE_HEADERS_MAX
 * has a continuation: whatever was new in it, the peer is asked for what follows its last header
 * (KETTE_FORM_CONTINUING).
 *
 * Why it ends, and ends with all headers here:
 *  - A question goes on from the heaviest header that leads on from what is known of the peer's
 *    chain (position()), never from the beginning again, so each answer moves it.
 *  - A continuation whose answer leads no further than the question is the last: a chain of
 *    questions rises strictly, and a peer cannot show more headers than it has work for.
 *  - A question that runs out is asked again: a poll of somebody else, the others of the same peer
 *    or of one that has shown the header too, after longer and longer times (request.h).
 *  - A late answer is an answer. What comes without a question is read as well: it costs its sender
 *    the same work, and it saves asking.
 *  - Headers are refused for ever only for what their own bytes, or their ancestors', say. Those
 * below a final block are kept and lead nowhere; a header that is not yet due ends the reading, and
 * polling brings it back. A poll that runs out while other questions are open asks nobody else, so
 * that a line which is slower than the time-out is not filled with the same answer from everybody.
 *
 * What a peer can make this node hold is bounded by work: conduct.h counts headers that are far
 * cheaper than the tip's, until their branch turns out to be worth them.
 *
 * ghost: what weighs beside the chain matters too, however deep. An answer has all joined blocks in
 * order of height and id. A question gives, with each hash of its locator, the sum of the ids that
 * have joined up to its place; the answer begins after the first hash where the peer's sum is the
 * same, so it shows what differs, and nothing when nothing does. A continuation has no sums and
 * goes on from its place.
 */
#include "core/base/limits.h"
#include "core/node/node_impl.h"

static bool
is_useful(const KetteNode *node, const KetteEntry *entry)
{
    return entry != NULL && !kette_chain_is_failed(node->chain, entry) &&
           kette_chain_wants(node->chain, entry);
}

void
kette_headers_raise_best(KetteNode *node, uint32_t peer, const KetteEntry *entry)
{
    KettePeer *p = &node->peers[peer];

    /* A best header that turned out bad or useless must not hide a lighter one that is good, and a
     * useless one must not replace a good one of which something is still to be fetched. */
    if (p->best == NULL ||
        (kette_chain_outweighs(node->chain, entry, p->best) &&
         (kette_chain_has_joined(node->chain, p->best) || is_useful(node, entry) ||
          !is_useful(node, p->best))) ||
        (!is_useful(node, p->best) && is_useful(node, entry)))
        p->best = entry;
}

void
kette_headers_lower_best(KetteNode *node, uint32_t peer, const KetteEntry *entry)
{
    KettePeer *p = &node->peers[peer];

    if (p->best != NULL && kette_entry_is_ancestor(entry, p->best))
        p->best = entry->parent;
}

/* --- asking ------------------------------------------------------------------------------ */

/* The heaviest header shown by a ready peer that descends from `from`, or `from`. */
static const KetteEntry *
furthest_above(const KetteNode *node, const KetteEntry *from)
{
    const KetteEntry *found = from;

    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KetteEntry *best = node->peers[i].best;

        if (best != NULL && best != found && kette_node_is_ready(node, i) &&
            kette_chain_outweighs(node->chain, best, found) &&
            kette_entry_is_ancestor(from, best) && !kette_chain_is_failed(node->chain, best))
            found = best;
    }
    return found;
}

/* Where a question that is not a continuation goes on from: the best header of the peer, whether it
 * is ahead of our tip or was behind it when it last answered. Else what follows our tip, as far as
 * anybody has shown it. */
static const KetteEntry *
position(const KetteNode *node, uint32_t peer)
{
    const KetteEntry *tip = kette_chain_tip(node->chain), *best = node->peers[peer].best;

    if (is_useful(node, best) &&
        (kette_chain_outweighs(node->chain, best, tip) || kette_entry_is_ancestor(best, tip)))
        return best;
    return furthest_above(node, tip);
}

/* The question that goes on from position(). The best header of a peer comes first in the locator,
 * when it lies elsewhere: a peer that is still there, on a branch as heavy as ours or on the other
 * side of a final block, shows what follows, and not its whole branch again. */
static KetteMessage *
question(const KetteNode *node, uint32_t peer)
{
    const KetteEntry *from = position(node, peer), *best = node->peers[peer].best;
    KetteHash hashes[1 + KETTE_LOCATOR_MAX];
    size_t count;

    if (best == NULL || kette_entry_is_ancestor(best, from))
        return kette_mint_request_chain(node->host.mint, from);
    hashes[0] = best->id;
    count = 1 + kette_chain_locator(from, &hashes[1]);
    return kette_message_request_chain(hashes, (uint16_t)MIN(count, KETTE_LOCATOR_MAX));
}

/* A question that says what has joined here up to each hash of its locator. */
static KetteMessage *
question_with_sums(const KetteNode *node)
{
    KetteHash hashes[KETTE_LOCATOR_MAX];
    uint64_t sums[KETTE_LOCATOR_MAX];
    size_t count = kette_chain_locator(kette_chain_tip(node->chain), hashes);

    kette_chain_sums(node->chain, sums, hashes, count);
    return kette_message_request_chain_sums(hashes, sums, (uint16_t)count);
}

/* While bodies are on their way the sums differ, and would bring the same headers again: then they
 * are sent now and then, in case what is under way never comes. */
static bool
wants_sums(KetteNode *node)
{
    return kette_chain_needs_side_blocks(node->chain) &&
           (node->beside == NULL || node->host.random(node->host.user) % 4 == 0);
}

static void
ask(KetteNode *node, KetteRequest *request, uint32_t peer)
{
    KetteMessage *message;

    if (request->form == KETTE_FORM_CONTINUING)
        message = kette_mint_request_chain(node->host.mint, request->entry);
    else if (wants_sums(node))
        message = question_with_sums(node);
    else
        message = question(node, peer);
    kette_request_ask(node, request, peer);
    kette_node_send(node, peer, message);
}

static void
open_question(KetteNode *node, uint32_t peer, KetteRequestForm form)
{
    const KetteHash none = {{0}};
    KetteRequest *request = kette_request_add(node, KETTE_WANT_HEADERS, &none);

    request->form = (uint8_t)form;
    ask(node, request, peer);
}

void
kette_headers_ask(KetteNode *node, uint32_t peer)
{
    KettePeer *p = kette_node_peer(node, peer);

    if (p == NULL || p->state != KETTE_PEER_READY)
        return;
    if (p->headers_asked)
        p->ask_again = true; /* the answer under way may be older than the reason to ask */
    else
        open_question(node, peer, KETTE_FORM_ASKED);
}

/* The idle peer that follows *at in rotation, other than `except`; false when there is none. */
static bool
next_idle(const KetteNode *node, uint32_t *at, uint32_t except)
{
    for (uint32_t i = 0; i < node->peer_count; i++) {
        uint32_t peer = (*at + i) % node->peer_count;

        if (peer != except && kette_node_is_ready(node, peer) && !node->peers[peer].headers_asked) {
            *at = peer;
            return true;
        }
    }
    return false;
}

void
kette_headers_poll(KetteNode *node)
{
    /* A question that runs out in this very instant is no reason not to ask its peer. */
    if (node->request_due_ns <= node->now_ns)
        kette_request_timer(node);
    if (next_idle(node, &node->poll_next, KETTE_PEER_SELF)) {
        open_question(node, node->poll_next, KETTE_FORM_POLLED);
        node->poll_next++;
    }
}

static bool
is_any_open(const KetteNode *node)
{
    for (uint32_t i = 0; i < node->request_count; i++) {
        if (node->requests[i].want == KETTE_WANT_HEADERS)
            return true;
    }
    return false;
}

void
kette_headers_move_on(KetteNode *node, KetteRequest *request)
{
    uint32_t peer = request->asked, other = peer;

    if (request->form == KETTE_FORM_POLLED) {
        kette_request_end(node, request);
        other++;
        if (!is_any_open(node) && next_idle(node, &other, peer))
            open_question(node, other, KETTE_FORM_POLLED);
        return;
    }
    if (request->form == KETTE_FORM_CONTINUING &&
        kette_request_choose_next(node, &other, &request->id, request->entry, peer) &&
        node->peers[other].headers_asked)
        other = peer;
    if (kette_node_is_ready(node, other))
        ask(node, request, other);
    else
        kette_request_end(node, request);
}

/* --- answers ----------------------------------------------------------------------------- */

/* The headers of one answer. */
typedef struct {
    const KetteEntry *last; /* the last header that was read; NULL: none */
    GPtrArray *shown;       /* those that are good, in order: const KetteEntry * */
    uint32_t read;          /* how many were read */
    uint32_t cheap;         /* of those that are new, what conduct.h counts */
    bool unconnected;       /* the first does not follow anything that is here */
} Answer;

/* Says why a header was refused; true when its sender is to blame. */
static void
refuse_header(KetteNode *node, uint32_t peer, const KetteHash *id, KetteVerdict verdict)
{
    kette_node_note(
        node, &(KetteNote){.kind = KETTE_NOTE_REFUSED, .peer = peer, .id = id, .verdict = verdict});
    if (kette_verdict_class(verdict) == KETTE_CLASS_INVALID)
        kette_node_misbehaved(node, peer, KETTE_MISCONDUCT_INVALID_HEADER);
}

/* Takes in one header; false when the rest of the answer is not to be read. One below a final
 * block has a place in the tree, so that what follows it has one, but leads nowhere. */
static bool
take_header(KetteNode *node, uint32_t peer, const KetteHeader *header, Answer *answer)
{
    KetteHash id = kette_store_header_id(kette_chain_store(node->chain), header);
    bool is_new = kette_chain_find(node->chain, &id) == NULL;
    const KetteEntry *entry = NULL;
    KetteVerdict verdict = kette_chain_add_header(node->chain, &entry, header, &id, node->now_ns);

    if (verdict == KETTE_UNKNOWN_PARENT && answer->read == 0) {
        answer->unconnected = true;
        return false;
    }
    if (verdict != KETTE_OK && verdict != KETTE_AFTER_FINAL) {
        if (entry != NULL)
            kette_log_verdict(node, entry);
        refuse_header(node, peer, &id, verdict);
        return false;
    }
    answer->read++;
    answer->last = entry;
    answer->cheap += is_new && kette_conduct_is_cheap(node, entry);
    if (verdict == KETTE_AFTER_FINAL) {
        if (is_new)
            refuse_header(node, peer, &id, verdict);
        kette_headers_raise_best(node, peer, entry);
        return true;
    }
    if (is_new)
        kette_node_note(node,
                        &(KetteNote){.kind = KETTE_NOTE_HEADER, .peer = peer, .entry = entry});
    kette_headers_raise_best(node, peer, entry);
    g_ptr_array_add(answer->shown, (gpointer)entry);
    return true;
}

/* Whether `a` comes after `b` in the order in which answers go. */
static bool
is_further(const KetteEntry *a, const KetteEntry *b)
{
    return kette_entry_compare_place(a, b) > 0;
}

/* An answer to an earlier question, which this one has overtaken: it shows nothing but what led to
 * the header that the question goes on from. */
static bool
is_stale(const KetteNode *node, const KetteRequest *request, const Answer *answer)
{
    if (request->form != KETTE_FORM_CONTINUING || answer->last == NULL)
        return false;
    return kette_chain_needs_side_blocks(node->chain)
               ? !is_further(answer->last, request->entry)
               : kette_entry_is_ancestor(answer->last, request->entry);
}

/* Goes on from the last header of a full answer, unless that is asked for already. */
static void
go_on(KetteNode *node, uint32_t peer, const KetteEntry *last)
{
    const KetteEntry *from =
        kette_chain_needs_side_blocks(node->chain) ? last : furthest_above(node, last);
    KetteRequest *request;

    if (node->peers[peer].headers_asked ||
        kette_request_find(node, KETTE_WANT_HEADERS, &from->id) != NULL)
        return;
    request = kette_request_add(node, KETTE_WANT_HEADERS, &from->id);
    request->form = KETTE_FORM_CONTINUING;
    request->entry = from;
    ask(node, request, peer);
}

void
kette_headers_on_response(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    g_autoptr(GPtrArray) shown = g_ptr_array_new();
    KetteRequest *request = kette_request_for_headers(node, peer);
    Answer answer = {.shown = shown};
    bool was_asked = request != NULL, goes_on;

    kette_request_headers_came(node, request, peer);
    for (uint16_t i = 0; i < message->chain.count; i++) {
        if (!take_header(node, peer, &message->chain.headers[i], &answer))
            break;
    }
    goes_on = answer.read == KETTE_HEADERS_MAX;
    kette_conduct_count_cheap(node, peer, answer.cheap, answer.last, goes_on);
    if (kette_chain_needs_side_blocks(node->chain))
        kette_bodies_want_beside(node, peer, shown);
    node->unsettled |= KETTE_UNSETTLED_BODIES;
    if (request != NULL && !is_stale(node, request, &answer)) {
        if (request->form == KETTE_FORM_CONTINUING && answer.last != NULL &&
            !is_further(answer.last, request->entry))
            goes_on = false;
        kette_request_end(node, request);
    }
    if (goes_on)
        go_on(node, peer, answer.last);
    else if (answer.unconnected && !was_asked)
        kette_headers_ask(node, peer);
    if (node->peers[peer].ask_again && !node->peers[peer].headers_asked) {
        node->peers[peer].ask_again = false;
        kette_headers_ask(node, peer);
    }
}
