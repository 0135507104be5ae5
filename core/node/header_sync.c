/* Header sync; see header_sync.h. */
#include "core/node/header_sync.h"

#include "core/node/node_impl.h"

/* --- asking ------------------------------------------------------------------------------ */

/* Returns where a question that is not a continuation goes on from: the best header of the peer,
 * whether it is ahead of our tip or was behind it when the peer last answered; else what follows
 * our tip, as far as anybody has shown it. */
static const KetteEntry *
position(const KetteNode *node, uint32_t peer)
{
    const KetteEntry *tip = kette_chain_tip(node->chain), *best = kette_peers_at(node, peer)->best;

    if (kette_best_is_useful(node, best) &&
        (kette_chain_outweighs(node->chain, best, tip) || kette_entry_is_ancestor(best, tip)))
        return best;
    return kette_best_above(node, tip);
}

/* Makes the question that goes on from position(). The last header of a branch with too little
 * work, and the best header of a peer, come first in the locator when they lie elsewhere: a peer
 * that is still there, on a branch as heavy as ours or on the other side of a final block, then
 * shows what follows and not its whole branch again. */
static KetteMessage *
question(const KetteNode *node, uint32_t peer)
{
    const KetteEntry *from = position(node, peer), *best = kette_peers_at(node, peer)->best;
    const KetteHash *last = kette_presync_last(node, peer);
    KetteHash hashes[2 + KETTE_LOCATOR_MAX];
    size_t count = 0;

    if (last != NULL)
        hashes[count++] = *last;
    if (best != NULL && !kette_entry_is_ancestor(best, from))
        hashes[count++] = best->id;
    if (count == 0)
        return kette_mint_request_chain(node->host.mint, from);
    count += kette_chain_locator(from, from, &hashes[count]);
    return kette_message_request_chain(hashes, (uint16_t)MIN(count, KETTE_LOCATOR_MAX));
}

/* Makes a question that says what has joined here up to each hash of its locator. */
static KetteMessage *
question_with_sums(const KetteNode *node)
{
    KetteHash hashes[KETTE_LOCATOR_MAX];
    uint64_t sums[KETTE_LOCATOR_MAX];
    const KetteEntry *tip = kette_chain_tip(node->chain);
    size_t count = kette_chain_locator(tip, tip, hashes);

    kette_chain_sums(node->chain, sums, hashes, count);
    return kette_message_request_chain_sums(hashes, sums, (uint16_t)count);
}

/* Returns whether to send sums. While bodies are on their way the sums differ, and would bring the
 * same headers again: then they are sent now and then, in case what is under way never comes. */
static bool
wants_sums(KetteNode *node)
{
    return kette_chain_needs_side_blocks(node->chain) &&
           (!kette_bodies_has_wanted(node) || kette_door_random(node) % 4 == 0);
}

/* Returns where a continuation goes on from: the heaviest header that is known above the last one
 * of the answer. Where side blocks weigh, the last one. */
static const KetteEntry *
place_after(const KetteNode *node, const KetteEntry *last)
{
    return kette_chain_needs_side_blocks(node->chain) ? last : kette_best_above(node, last);
}

/* Makes the question for what follows the last header of an answer. The peer may be on another
 * branch than what is known above that header, so the locator has that header, too: whatever the
 * branch, the answer begins no earlier than there. */
static KetteMessage *
continuation(const KetteNode *node, const KetteEntry *last)
{
    const KetteEntry *from = place_after(node, last);
    KetteHash hashes[KETTE_LOCATOR_MAX];

    if (from == last)
        return kette_mint_request_chain(node->host.mint, last);
    return kette_message_request_chain(hashes, (uint16_t)kette_chain_locator(from, last, hashes));
}

static void
ask(KetteNode *node, KetteRequest *request, uint32_t peer)
{
    KetteMessage *message;

    if (request->form == KETTE_FORM_CONTINUING)
        message = continuation(node, request->entry);
    else if (wants_sums(node))
        message = question_with_sums(node);
    else
        message = question(node, peer);
    kette_request_ask(node, request, peer);
    kette_door_send(node, peer, message);
}

static void
open_question(KetteNode *node, uint32_t peer, KetteRequestForm form)
{
    const KetteHash none = {{0}};
    KetteRequest *request = kette_request_add(node, KETTE_WANT_HEADERS, &none);

    kette_peers_at(node, peer)->goes_on = false;
    request->form = (uint8_t)form;
    ask(node, request, peer);
}

void
kette_headers_ask(KetteNode *node, uint32_t peer)
{
    KettePeer *p = kette_peers_find(node, peer);

    if (p == NULL || p->state != KETTE_PEER_READY)
        return;
    if (p->headers_asked)
        p->ask_again = true; /* the answer under way may be older than the reason to ask */
    else
        open_question(node, peer, KETTE_FORM_ASKED);
}

/* Finds the idle peer that follows *at in rotation, other than `except`; false when there is none.
 */
static bool
next_idle(const KetteNode *node, uint32_t *at, uint32_t except)
{
    for (uint32_t i = 0; i < node->peer_count; i++) {
        uint32_t peer = (*at + i) % node->peer_count;

        if (peer != except && kette_peers_is_ready(node, peer) &&
            !kette_peers_at(node, peer)->headers_asked) {
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
    if (kette_request_is_due(node))
        kette_request_on_timer(node);
    if (next_idle(node, &node->rotation, KETTE_PEER_SELF)) {
        open_question(node, node->rotation, KETTE_FORM_POLLED);
        node->rotation++;
    }
}

/* Returns whether a question for headers is open, in one of the forms with these bits. */
static bool
is_any_open(const KetteNode *node, unsigned forms)
{
    for (uint32_t i = 0; i < kette_request_count(node); i++) {
        const KetteRequest *request = kette_request_at(node, i);

        if (request->want == KETTE_WANT_HEADERS && (forms >> request->form & 1) != 0)
            return true;
    }
    return false;
}

/* Asks the first idle peer that has more to show. One at a time, because all may show the same. */
static void
ask_one_that_goes_on(KetteNode *node)
{
    for (uint32_t peer = 0; peer < node->peer_count; peer++) {
        const KettePeer *p = kette_peers_at(node, peer);

        if (p->goes_on && !p->headers_asked && kette_peers_is_ready(node, peer)) {
            kette_headers_ask(node, peer);
            return;
        }
    }
}

void
kette_headers_move_on(KetteNode *node, KetteRequest *request)
{
    uint32_t peer = request->asked, other = peer;

    if (request->form == KETTE_FORM_POLLED) {
        kette_request_end(node, request);
        other++;
        if (!is_any_open(node, ~0u) && next_idle(node, &other, peer))
            open_question(node, other, KETTE_FORM_POLLED);
        return;
    }
    if (request->form == KETTE_FORM_CONTINUING &&
        kette_request_choose_next(node, &other, &request->id, request->entry, peer) &&
        kette_peers_at(node, other)->headers_asked)
        other = peer;
    if (kette_peers_is_ready(node, other))
        ask(node, request, other);
    else
        kette_request_end(node, request);
    ask_one_that_goes_on(node);
    /* The other may have nothing above the header, and then its answer is the last. */
    if (other != peer && kette_peers_is_ready(node, peer))
        kette_peers_at(node, peer)->goes_on = true;
}

/* --- answers ----------------------------------------------------------------------------- */

/* The headers of one answer. */
typedef struct {
    const KetteEntry *last; /* the last header that was read; NULL: none */
    GPtrArray *shown;       /* those that are good, in order: const KetteEntry * */
    uint32_t read;          /* how many were read */
    bool unconnected;       /* the first does not follow anything that is here */
    bool has_failed;        /* some are bad, or stand on a block that is */
} Answer;

/* Notes why a header was refused, and reports its sender if it is to blame. */
static void
refuse_header(KetteNode *node, uint32_t peer, const KetteHeader *header, const KetteHash *id,
              KetteVerdict verdict)
{
    kette_door_note_refused(node, peer, id, NULL, verdict);
    kette_outdated_on_refused(node, header, verdict);
    if (kette_verdict_class(verdict) == KETTE_CLASS_INVALID)
        kette_conduct_report(node, peer, KETTE_MISCONDUCT_INVALID_HEADER);
}

/* Takes in one header; false when the rest of the answer is not to be read. One below a final
 * block, or on one that the operator has invalidated, has a place in the tree, so that what follows
 * it has one, but leads nowhere. */
static bool
take_header(KetteNode *node, uint32_t peer, const KetteHeader *header, Answer *answer)
{
    KetteHash id = kette_store_header_id(kette_chain_store(node->chain), header);
    bool is_new = kette_chain_find(node->chain, &id) == NULL;
    const KetteEntry *entry = NULL;
    KetteVerdict verdict = kette_chain_add_header(node->chain, &entry, header, &id, node->now_ns);
    bool leads_nowhere;

    kette_door_given(
        node, &(KetteGiven){.kind = KETTE_GIVEN_HEADER, .verdict = verdict, .header = header});
    if (verdict == KETTE_UNKNOWN_PARENT && answer->read == 0) {
        answer->unconnected = true;
        return false;
    }
    answer->has_failed |= entry != NULL && kette_chain_is_failed(node->chain, entry);
    leads_nowhere = verdict == KETTE_AFTER_FINAL || verdict == KETTE_INVALIDATED;
    if (verdict != KETTE_OK && !leads_nowhere) {
        if (entry != NULL)
            kette_log_verdict(node, entry);
        refuse_header(node, peer, header, &id, verdict);
        return false;
    }
    answer->read++;
    answer->last = entry;
    if (leads_nowhere) {
        if (is_new)
            refuse_header(node, peer, header, &id, verdict);
        kette_best_raise(node, peer, entry);
        return true;
    }
    if (is_new)
        kette_door_note(node,
                        &(KetteNote){.kind = KETTE_NOTE_HEADER, .peer = peer, .entry = entry});
    kette_best_raise(node, peer, entry);
    g_ptr_array_add(answer->shown, (gpointer)entry);
    return true;
}

/* Returns whether `a` comes after `b` in the order in which answers go. */
static bool
is_further(const KetteEntry *a, const KetteEntry *b)
{
    return kette_entry_compare_place(a, b) > 0;
}

/* Returns whether this is an answer to an earlier question, which the open one has overtaken: it
 * shows nothing but what led to the header that the open question goes on from. Once that question
 * was put again, an answer that ends lower is one to it: the peer has left the branch, and what it
 * sends begins below the fork. */
static bool
is_stale(const KetteNode *node, const KetteRequest *request, const Answer *answer)
{
    if (request->form != KETTE_FORM_CONTINUING || answer->last == NULL ||
        (request->tries > 0 && answer->last != request->entry))
        return false;
    return kette_chain_needs_side_blocks(node->chain)
               ? !is_further(answer->last, request->entry)
               : kette_entry_is_ancestor(answer->last, request->entry);
}

/* Asks for what follows the last header of a full answer. If somebody else is asked for what
 * follows the same header, this peer is asked later: it may be on another branch. */
static void
go_on(KetteNode *node, uint32_t peer, const KetteEntry *last)
{
    const KetteEntry *from = place_after(node, last);
    KettePeer *p = kette_peers_at(node, peer);
    KetteRequest *request;

    if (p->headers_asked)
        return;
    if (kette_request_find(node, KETTE_WANT_HEADERS, &from->id) != NULL) {
        p->goes_on = true;
        return;
    }
    request = kette_request_add(node, KETTE_WANT_HEADERS, &from->id);
    request->form = KETTE_FORM_CONTINUING;
    request->entry = last;
    ask(node, request, peer);
}

/* Ends the requests for announced blocks whose headers now show that they are bad. */
static void
end_requests_for_failed(KetteNode *node, const KetteMessage *message)
{
    for (uint16_t i = 0; i < message->chain.count; i++) {
        const KetteHash id =
            kette_store_header_id(kette_chain_store(node->chain), &message->chain.headers[i]);
        const KetteEntry *entry = kette_chain_find(node->chain, &id);

        if (entry != NULL && kette_chain_is_failed(node->chain, entry))
            kette_request_end_block(node, &id);
    }
}

/* Returns whether a header has its place after those before it: where side blocks do not weigh, an
 * answer is a chain. What is judged of its last header (presync.h) is judged of that chain alone,
 * so a header that stands elsewhere is not read. */
static bool
is_linked(const KetteNode *node, const KetteHeader *header, const Answer *answer)
{
    return answer->last == NULL || kette_chain_needs_side_blocks(node->chain) ||
           kette_hash_equal(&header->previous, &answer->last->id);
}

/* Takes in the first `count` headers of an answer; true when more follow on the peer's chain. */
static bool
take_answer(KetteNode *node, uint32_t peer, const KetteMessage *message, uint16_t count,
            Answer *answer)
{
    for (uint16_t i = 0; i < count; i++) {
        const KetteHeader *header = &message->chain.headers[i];

        if (!is_linked(node, header, answer)) {
            const KetteHash id = kette_store_header_id(kette_chain_store(node->chain), header);

            refuse_header(node, peer, header, &id, KETTE_UNKNOWN_PARENT);
            return false;
        }
        if (!take_header(node, peer, header, answer))
            return answer->read >= node->config.headers_max;
    }
    return count < message->chain.count || answer->read >= node->config.headers_max;
}

/* Asks for what follows on the peer's chain. */
static void
ask_on(KetteNode *node, uint32_t peer, const KetteScreened *screened, const Answer *answer)
{
    switch (screened->screen) {
    case KETTE_SCREEN_TAKE:
        go_on(node, peer, answer->last);
        break;
    case KETTE_SCREEN_AGAIN:
        go_on(node, peer, screened->start);
        break;
    default:
        kette_headers_ask(node, peer);
    }
}

void
kette_headers_on_response(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    g_autoptr(GPtrArray) shown = g_ptr_array_new();
    KetteRequest *request = kette_request_for_headers(node, peer);
    Answer answer = {.shown = shown};
    bool was_asked = request != NULL, was_polled = was_asked && request->form == KETTE_FORM_POLLED;
    const KetteScreened screened = kette_presync_screen(node, peer, message);
    bool goes_on = screened.screen == KETTE_SCREEN_GOES_ON || screened.screen == KETTE_SCREEN_AGAIN;

    kette_request_headers_came(node, request, peer);
    if (screened.screen == KETTE_SCREEN_TAKE)
        goes_on = take_answer(node, peer, message, screened.count, &answer);
    else if (screened.screen == KETTE_SCREEN_BAD)
        refuse_header(node, peer, &message->chain.headers[screened.count], &screened.id,
                      screened.verdict);
    if (kette_chain_needs_side_blocks(node->chain))
        kette_bodies_want_beside(node, peer, shown);
    node->unsettled |= KETTE_UNSETTLED_BODIES;
    if (request != NULL && screened.screen != KETTE_SCREEN_STALE &&
        !is_stale(node, request, &answer)) {
        if (request->form == KETTE_FORM_CONTINUING && answer.last != NULL && request->tries == 0 &&
            !is_further(answer.last, request->entry))
            goes_on = false;
        kette_request_end(node, request);
        kette_first_sync_on_shown(node, peer, !goes_on);
    }
    if (answer.has_failed)
        end_requests_for_failed(node, message);
    if (goes_on)
        ask_on(node, peer, &screened, &answer);
    else if (answer.unconnected && !was_asked)
        kette_headers_ask(node, peer);
    if (kette_peers_at(node, peer)->ask_again && !kette_peers_at(node, peer)->headers_asked) {
        kette_peers_at(node, peer)->ask_again = false;
        kette_headers_ask(node, peer);
    }
    if (was_asked && !was_polled && !is_any_open(node, 1u << KETTE_FORM_CONTINUING))
        ask_one_that_goes_on(node);
}

void
kette_headers_on_greeting(KetteNode *node, uint32_t peer, const KetteHash *tip)
{
    const KetteEntry *entry = kette_chain_find(node->chain, tip);

    kette_known_learn(&node->known, peer, tip, node->now_ns);
    kette_first_sync_on_shown(node, peer, entry != NULL);
    if (entry == NULL)
        kette_headers_ask(node, peer);
    else if (!kette_chain_is_failed(node->chain, entry))
        kette_best_raise(node, peer, entry);
    node->unsettled |= KETTE_UNSETTLED_BODIES;
}
