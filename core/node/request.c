/* The table of requests; see request.h.
 *
 * A plain list, oldest first. Rows move when others are added or end, so a pointer to one is valid
 * until the next call that adds or ends a row.
 */
#include "core/node/request.h"

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/node/node_impl.h"

void
kette_request_clear(KetteNode *node)
{
    kette_small_list_clear(&node->request.rows, &node->request.slot);
}

/* --- rows -------------------------------------------------------------------------------- */

KetteRequest *
kette_request_find(const KetteNode *node, KetteWant want, const KetteHash *id)
{
    for (uint32_t i = 0; i < kette_request_count(node); i++) {
        KetteRequest *request = kette_request_at(node, i);

        if (kette_hash_equal(&request->id, id) && request->want == (uint8_t)want)
            return request;
    }
    return NULL;
}

KetteRequest *
kette_request_for_headers(const KetteNode *node, uint32_t peer)
{
    for (uint32_t i = 0; i < kette_request_count(node); i++) {
        KetteRequest *request = kette_request_at(node, i);

        if (request->want == KETTE_WANT_HEADERS && request->asked == peer)
            return request;
    }
    return NULL;
}

KetteRequest *
kette_request_add(KetteNode *node, KetteWant want, const KetteHash *id)
{
    KetteRequest *request;

    request = kette_small_list_add(&node->request.rows, &node->request.slot, sizeof *request);
    *request = (KetteRequest){
        .want = (uint8_t)want, .id = *id, .asked = KETTE_PEER_SELF, .deadline_ns = INT64_MAX};
    return request;
}

void
kette_request_set_idle(KetteNode *node, KetteRequest *request)
{
    if (request->asked == KETTE_PEER_SELF)
        return;
    if (request->want == KETTE_WANT_BLOCK)
        kette_peers_at(node, request->asked)->bodies--;
    if (request->want == KETTE_WANT_HEADERS)
        kette_peers_at(node, request->asked)->headers_asked = false;
    request->asked = KETTE_PEER_SELF;
    request->deadline_ns = INT64_MAX;
    node->unsettled |= KETTE_UNSETTLED_TIMER;
}

void
kette_request_end(KetteNode *node, KetteRequest *request)
{
    /* A peer that was busy may be asked for what waited for it. */
    if (request->form == KETTE_FORM_RANGE ||
        (request->want == KETTE_WANT_BLOCK && request->asked != KETTE_PEER_SELF &&
         kette_peers_at(node, request->asked)->bodies >= KETTE_SYNC_PER_PEER))
        node->unsettled |= KETTE_UNSETTLED_BODIES;
    kette_request_set_idle(node, request);
    if (request->form == KETTE_FORM_COMPACT)
        kette_event_compact_over(node, &request->id);
    kette_small_list_remove(&node->request.rows, &node->request.slot,
                            (uint32_t)(request - kette_request_at(node, 0)), sizeof *request);
    node->unsettled |= KETTE_UNSETTLED_TIMER;
}

void
kette_request_end_block(KetteNode *node, const KetteHash *id)
{
    KetteRequest *request = kette_request_find(node, KETTE_WANT_BLOCK, id);

    if (request != NULL)
        kette_request_end(node, request);
}

/* Returns request_timeout_ns doubled so often, or the longest time that can be waited for. */
static int64_t
time_to_wait(const KetteNode *node, unsigned doublings)
{
    int64_t wait = node->config.request_timeout_ns;

    while (doublings-- > 0 && wait < INT64_MAX / 4 - node->now_ns)
        wait *= 2;
    return wait;
}

void
kette_request_ask(KetteNode *node, KetteRequest *request, uint32_t peer)
{
    KettePeer *p = kette_peers_at(node, peer);

    kette_request_set_idle(node, request);
    request->asked = peer;
    request->silence = p->silence;
    if (request->want == KETTE_WANT_BLOCK)
        p->bodies++;
    if (request->want == KETTE_WANT_HEADERS)
        p->headers_asked = true;
    kette_request_wait(node, request);
}

void
kette_request_wait(KetteNode *node, KetteRequest *request)
{
    unsigned doublings = MAX(MIN(request->tries, KETTE_REQUEST_DOUBLINGS),
                             kette_peers_at(node, request->asked)->patience);

    request->asked_ns = node->now_ns;
    request->deadline_ns = node->now_ns + time_to_wait(node, doublings);
    node->unsettled |= KETTE_UNSETTLED_TIMER;
}

/* --- answers ----------------------------------------------------------------------------- */

/* Raises the patience after an answer to a question that had run out, and lowers it after a quick
 * answer. `request` is the question that is open now, or NULL; `late` says that an earlier one ran
 * out. A quick answer may then be to either, and teaches nothing. */
static void
learn_patience(KetteNode *node, const KetteRequest *request, KettePeer *p, bool late)
{
    bool quick = request != NULL &&
                 node->now_ns - request->asked_ns < (request->deadline_ns - request->asked_ns) / 4;

    if (late && !quick)
        p->patience = (uint8_t)MIN(p->patience + 1, KETTE_PATIENCE_MAX);
    else if (!late && quick && p->patience > 0)
        p->patience--;
}

void
kette_request_answered(KetteNode *node, const KetteRequest *request, uint32_t peer)
{
    KettePeer *p = kette_peers_at(node, peer);

    learn_patience(node, request->asked == peer ? request : NULL, p,
                   request->tries > 0 && p->silence > 0);
    p->silence -= (uint8_t)MIN(p->silence, 1);
}

void
kette_request_headers_came(KetteNode *node, const KetteRequest *request, uint32_t peer)
{
    KettePeer *p = kette_peers_at(node, peer);

    learn_patience(node, request, p, p->mute);
    p->mute = false;
}

void
kette_request_failed(KetteNode *node, uint32_t peer)
{
    KettePeer *p = kette_peers_at(node, peer);

    p->silence = (uint8_t)MIN(p->silence + KETTE_SILENCE_STEP, KETTE_SILENCE_MAX);
}

/* --- whom to ask ------------------------------------------------------------------------- */

bool
kette_request_may_have(const KetteNode *node, uint32_t peer, const KetteHash *id,
                       const KetteEntry *entry)
{
    const KetteEntry *best = kette_peers_at(node, peer)->best;

    return kette_known_has(&node->known, peer, id) ||
           (entry != NULL && best != NULL && kette_entry_is_ancestor(entry, best));
}

static bool
is_better(const KettePeer *a, const KettePeer *b)
{
    unsigned silent_a = a->silence + a->mute, silent_b = b->silence + b->mute;

    return silent_a != silent_b ? silent_a < silent_b : a->bodies < b->bodies;
}

bool
kette_request_choose(const KetteNode *node, uint32_t *ret_peer, const KetteHash *id,
                     const KetteEntry *entry, const KetteChoice *choice)
{
    bool found = false;

    for (uint32_t i = 0; i < node->peer_count; i++) {
        uint32_t peer = (uint32_t)(((uint64_t)choice->first + i) % node->peer_count);

        if (peer == choice->except || !kette_peers_is_ready(node, peer) ||
            kette_peers_at(node, peer)->bodies >= choice->most_bodies ||
            (peer != choice->also && !kette_request_may_have(node, peer, id, entry)))
            continue;
        if (!found || is_better(kette_peers_at(node, peer), kette_peers_at(node, *ret_peer))) {
            *ret_peer = peer;
            found = true;
        }
    }
    return found;
}

bool
kette_request_choose_next(const KetteNode *node, uint32_t *ret_peer, const KetteHash *id,
                          const KetteEntry *entry, uint32_t last)
{
    KetteChoice choice = {
        .first = last + 1, .also = KETTE_PEER_SELF, .except = last, .most_bodies = UINT16_MAX};

    if (kette_request_choose(node, ret_peer, id, entry, &choice))
        return true;
    choice.except = KETTE_PEER_SELF;
    return kette_request_choose(node, ret_peer, id, entry, &choice);
}

/* --- time-outs and departures ------------------------------------------------------------ */

static void
run_out(KetteNode *node, KetteRequest *request)
{
    KettePeer *p = kette_peers_at(node, request->asked);

    if (request->tries < UINT8_MAX)
        request->tries++;
    if (request->want == KETTE_WANT_HEADERS)
        p->mute = true;
    else if (request->want != KETTE_WANT_PAYMENTS && /* it may have none to send */
             request->silence == p->silence) /* once for all that was asked of it together */
        kette_request_failed(node, request->asked);
}

/* Returns the first row that `peer` was asked or, with KETTE_PEER_SELF, that has run out; else
 * NULL. */
static KetteRequest *
first_to_move(const KetteNode *node, uint32_t peer)
{
    for (uint32_t i = 0; i < kette_request_count(node); i++) {
        KetteRequest *request = kette_request_at(node, i);

        if (peer == KETTE_PEER_SELF ? request->deadline_ns <= node->now_ns : request->asked == peer)
            return request;
    }
    return NULL;
}

bool
kette_request_is_due(const KetteNode *node)
{
    return node->request.due_ns <= node->now_ns;
}

void
kette_request_on_timer(KetteNode *node)
{
    KetteRequest *request;

    node->request.due_ns = INT64_MAX; /* it is not set any more */
    node->unsettled |= KETTE_UNSETTLED_TIMER;
    /* First all the silence, so that no row goes to a peer that has let another one run out. */
    for (uint32_t i = 0; i < kette_request_count(node); i++) {
        if (kette_request_at(node, i)->deadline_ns <= node->now_ns)
            run_out(node, kette_request_at(node, i));
    }
    while ((request = first_to_move(node, KETTE_PEER_SELF)) != NULL)
        kette_event_request_open(node, request);
}

void
kette_request_forget_peer(KetteNode *node, uint32_t peer)
{
    KetteRequest *request;

    while ((request = first_to_move(node, peer)) != NULL)
        kette_event_request_open(node, request);
}

void
kette_request_arm(KetteNode *node)
{
    int64_t first = INT64_MAX;

    for (uint32_t i = 0; i < kette_request_count(node); i++)
        first = MIN(first, kette_request_at(node, i)->deadline_ns);
    if (first == node->request.due_ns)
        return;
    node->request.due_ns = first;
    kette_door_set_timer(node, KETTE_TIMER_REQUEST, first);
}

/* --- queries ----------------------------------------------------------------------------- */

size_t
kette_request_memory(const KetteNode *node)
{
    return kette_small_list_memory(&node->request.rows, &node->request.slot, sizeof(KetteRequest));
}

uint32_t
kette_request_open_to(const KetteNode *node, bool (*counts)(void *user, uint32_t peer), void *user)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < kette_request_count(node); i++)
        count += kette_request_at(node, i)->asked != KETTE_PEER_SELF &&
                 counts(user, kette_request_at(node, i)->asked);
    return count;
}

static const char *
audit_row(const KetteNode *node, const KetteRequest *request)
{
    if (request->asked == KETTE_PEER_SELF || request->asked >= node->peer_count)
        return "a request is open to nobody";
    if (!kette_peers_is_ready(node, request->asked))
        return "a request is open to a peer that is not ready";
    if (request->deadline_ns == INT64_MAX)
        return "a request never runs out";
    if (node->request.due_ns > request->deadline_ns)
        return "a request runs out before the timer does";
    if (request->want == KETTE_WANT_BLOCK && kette_chain_knows_body(node->chain, &request->id))
        return "a block is asked for that is here";
    if (request->form == KETTE_FORM_RANGE && !kette_hash_equal(&request->entry->id, &request->id))
        return "a request of a range is for another block";
    return NULL;
}

const char *
kette_request_audit(const KetteNode *node)
{
    g_autofree uint32_t *bodies = g_new0(uint32_t, MAX(node->peer_count, 1));

    for (uint32_t i = 0; i < kette_request_count(node); i++) {
        const KetteRequest *request = kette_request_at(node, i);
        const char *wrong = audit_row(node, request);

        if (wrong != NULL)
            return wrong;
        bodies[request->asked] += request->want == KETTE_WANT_BLOCK;
        if (request->want != KETTE_WANT_HEADERS &&
            kette_request_find(node, (KetteWant)request->want, &request->id) != request)
            return "a thing is asked for twice";
        if (request->want == KETTE_WANT_HEADERS &&
            kette_request_for_headers(node, request->asked) != request)
            return "a peer is asked for headers twice";
    }
    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (bodies[i] != kette_peers_at(node, i)->bodies)
            return "the peers' counts of bodies asked for are off";
        if (kette_peers_at(node, i)->headers_asked != (kette_request_for_headers(node, i) != NULL))
            return "a peer's mark of headers asked for is off";
    }
    return NULL;
}
