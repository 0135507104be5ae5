/* Gaps in a sender's payments; see payments.h. */
#include "core/node/payments.h"

#include "core/base/limits.h"
#include "core/node/node_impl.h"

static KetteRequest *
find(const KetteNode *node, const KetteAddress *sender)
{
    for (uint32_t i = 0; i < kette_request_count(node); i++) {
        KetteRequest *request = kette_request_at(node, i);

        if (request->want == KETTE_WANT_PAYMENTS &&
            kette_address_compare(&request->payments.sender, sender) == 0)
            return request;
    }
    return NULL;
}

/* Returns whether one more gap may be remembered. Each peer has a share, so that none takes the
 * room of gaps that others show. */
static bool
is_room(const KetteNode *node, uint32_t peer)
{
    uint32_t count = 0, of_peer = 0;

    for (uint32_t i = 0; i < kette_request_count(node); i++) {
        if (kette_request_at(node, i)->want != KETTE_WANT_PAYMENTS)
            continue;
        count++;
        of_peer += kette_request_at(node, i)->asked == peer;
    }
    return count < KETTE_GAPS_MAX && of_peer < KETTE_EARLY_PER_PEER;
}

/* Returns the nonce that the mempool would accept next. */
static uint64_t
next_nonce(const KetteNode *node, const KetteAddress *sender)
{
    return kette_state_get(kette_chain_tip(node->chain)->state, sender).nonce +
           kette_mempool_pending(node->mempool, sender);
}

void
kette_payments_want(KetteNode *node, const KetteTx *tx, uint32_t peer)
{
    KetteRequest *request = find(node, &tx->from);
    const KetteHash none = {{0}};

    if (request != NULL) {
        request->payments.last = MAX(request->payments.last, tx->nonce);
        return;
    }
    if (!kette_peers_is_ready(node, peer) || !is_room(node, peer))
        return;
    request = kette_request_add(node, KETTE_WANT_PAYMENTS, &none);
    request->payments.sender = tx->from;
    request->payments.first = (uint32_t)next_nonce(node, &tx->from);
    request->payments.last = tx->nonce;
    request->form = KETTE_FORM_WAITING;
    kette_request_ask(node, request, peer);
}

/* Finds the ready peer that follows the one asked last: among those who sent early payments of the
 * sender while there is one, else among all. */
static bool
choose(const KetteNode *node, uint32_t *ret_peer, const KetteRequest *request)
{
    for (int anybody = 0; anybody < 2; anybody++) {
        for (uint32_t i = 1; i <= node->peer_count; i++) {
            uint32_t peer = (request->asked + i) % node->peer_count;

            if (!kette_peers_is_ready(node, peer) ||
                (!anybody && !kette_early_is_of(&node->early, &request->payments.sender, peer)))
                continue;
            *ret_peer = peer;
            return true;
        }
    }
    return false;
}

void
kette_payments_move_on(KetteNode *node, KetteRequest *request)
{
    uint64_t next = next_nonce(node, &request->payments.sender);
    KetteSpan span = {.sender = request->payments.sender, .first = next};
    uint32_t peer;

    if (request->payments.first != (uint32_t)next || request->form == KETTE_FORM_WAITING)
        request->tries = 0; /* the last question brought something, or there was none */
    if (next > request->payments.last || request->tries >= KETTE_REQUEST_TRIES ||
        !choose(node, &peer, request)) {
        kette_request_end(node, request);
        return;
    }
    span.count = (uint16_t)(MIN(request->payments.last - next, KETTE_PAYMENTS_MAX - 1) + 1);
    request->payments.first = (uint32_t)next;
    request->form = KETTE_FORM_WHOLE;
    kette_request_ask(node, request, peer);
    kette_door_send(node, peer, kette_message_get_payments(&span));
}

/* Ends the row when all has come that was wanted; asks on when all has come that was asked for. */
static void
check(KetteNode *node, KetteRequest *request)
{
    uint64_t next = next_nonce(node, &request->payments.sender);
    uint32_t came = (uint32_t)next - request->payments.first;

    if (next > request->payments.last)
        kette_request_end(node, request);
    else if (request->form == KETTE_FORM_WHOLE && came >= KETTE_PAYMENTS_MAX)
        kette_payments_move_on(node, request);
}

void
kette_payments_check(KetteNode *node, const KetteAddress *sender)
{
    KetteRequest *request = find(node, sender);

    if (request != NULL)
        check(node, request);
}

void
kette_payments_check_all(KetteNode *node)
{
    for (uint32_t i = kette_request_count(node); i-- > 0;) {
        if (kette_request_at(node, i)->want == KETTE_WANT_PAYMENTS)
            check(node, kette_request_at(node, i));
    }
}
