/* Announce, then ask; see fetch.h. */
#include "core/node/fetch.h"

#include "core/base/limits.h"
#include "core/node/node_impl.h"

static void
note_asked(KetteNode *node, KetteRequest *request, uint32_t peer, KetteRequestForm form)
{
    const KetteHash id = request->id;

    if (request->form == KETTE_FORM_COMPACT)
        kette_event_compact_over(node, &id); /* what a peer has begun is of no use to the next */
    request->form = (uint8_t)form;
    kette_request_ask(node, request, peer);
}

void
kette_fetch_ask(KetteNode *node, KetteRequest *request, uint32_t peer, KetteRequestForm form)
{
    const KetteHash id = request->id;
    KetteMessageKind kind =
        request->want == KETTE_WANT_TX ? KETTE_MSG_NEW_TRANSACTION : KETTE_MSG_NEW_BLOCK;

    note_asked(node, request, peer, form);
    kette_door_send(
        node, peer,
        kette_mint_inventory(node->host.mint, KETTE_MSG_GET_DATA,
                             form == KETTE_FORM_COMPACT ? KETTE_MSG_COMPACT_BLOCK : kind, &id));
}

static KetteRequestForm
first_form(const KetteNode *node, KetteWant want)
{
    return want == KETTE_WANT_BLOCK && node->config.relay == KETTE_RELAY_COMPACT
               ? KETTE_FORM_COMPACT
               : KETTE_FORM_WHOLE;
}

static bool
is_by_id(const KetteRequest *request)
{
    return request->want <= KETTE_WANT_TX && request->form != KETTE_FORM_RANGE;
}

/* Ends the oldest row by id of the peer with most rows, so that no announcer pushes out what others
 * announced. */
static void
make_room(KetteNode *node)
{
    g_autofree uint32_t *counts = g_new0(uint32_t, node->peer_count);
    KetteRequest *oldest = NULL;
    uint32_t most = 0, rows = 0;

    for (uint32_t i = 0; i < kette_request_count(node); i++) {
        if (!is_by_id(kette_request_at(node, i)))
            continue;
        rows++;
        counts[kette_request_at(node, i)->asked]++;
        most = MAX(most, counts[kette_request_at(node, i)->asked]);
    }
    for (uint32_t i = kette_request_count(node); i-- > 0;) {
        KetteRequest *request = kette_request_at(node, i);

        if (is_by_id(request) && counts[request->asked] == most)
            oldest = request;
    }
    if (rows < KETTE_FETCH_MAX || oldest == NULL)
        return;
    kette_request_end(node, oldest);
    node->unsettled |= KETTE_UNSETTLED_BODIES; /* its header may be here */
}

/* Returns a new row for what nobody is being asked for, else NULL. */
static KetteRequest *
add_if_new(KetteNode *node, KetteWant want, const KetteHash *id)
{
    if (kette_request_find(node, want, id) != NULL)
        return NULL;
    if (kette_request_count(node) >= KETTE_FETCH_MAX)
        make_room(node);
    if (want == KETTE_WANT_BLOCK)
        kette_known_expect(&node->known, id);
    return kette_request_add(node, want, id);
}

KetteRequest *
kette_fetch_expect(KetteNode *node, uint32_t peer, const KetteHash *id)
{
    KetteRequest *request = kette_request_find(node, KETTE_WANT_BLOCK, id);

    if (request != NULL && request->form == KETTE_FORM_RANGE)
        return NULL;
    if (request == NULL)
        request = add_if_new(node, KETTE_WANT_BLOCK, id);
    note_asked(node, request, peer, KETTE_FORM_COMPACT);
    return request;
}

static bool
have(const KetteNode *node, KetteWant want, const KetteHash *id)
{
    if (want == KETTE_WANT_BLOCK)
        return kette_chain_knows_body(node->chain, id);
    return kette_mempool_find(node->mempool, id) != NULL || kette_early_has(&node->early, id);
}

static KetteWant
want_of(KetteMessageKind kind)
{
    return kind == KETTE_MSG_NEW_TRANSACTION ? KETTE_WANT_TX : KETTE_WANT_BLOCK;
}

bool
kette_fetch_is_old_news(KetteNode *node, uint32_t peer, const KetteInventory *inventory)
{
    const KetteHash *id = &inventory->one;
    KetteWant want = want_of(inventory->kind);

    if (kette_request_find(node, want, id) == NULL &&
        (want == KETTE_WANT_BLOCK || !have(node, want, id)))
        return false;
    kette_known_learn(&node->known, peer, id, node->now_ns);
    return true;
}

void
kette_fetch_on_inventory(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteInventory *inventory = &message->inventory;
    KetteWant kind = want_of(inventory->kind);

    KetteHash ids[KETTE_INVENTORY_MAX];
    uint16_t count = 0;

    for (uint16_t i = 1; i < inventory->count; i++) {
        kette_known_prefetch(&node->known, &inventory->ids[i]);
        kette_mempool_prefetch(node->mempool, &inventory->ids[i]);
    }
    for (uint16_t i = 0; i < inventory->count; i++) {
        const KetteHash *id = &inventory->ids[i];
        KetteRequest *request;

        if (kette_relay_on_announced(node, peer, KETTE_MSG_INVENTORY, id) || have(node, kind, id))
            continue;
        request = add_if_new(node, kind, id);
        if (request == NULL)
            continue;
        if (kind == KETTE_WANT_BLOCK || inventory->count == 1) {
            kette_fetch_ask(node, request, peer, first_form(node, kind));
            continue;
        }
        note_asked(node, request, peer, KETTE_FORM_WHOLE);
        ids[count++] = *id;
    }
    if (count > 0)
        kette_door_send(
            node, peer,
            kette_message_inventory(KETTE_MSG_GET_DATA, KETTE_MSG_NEW_TRANSACTION, ids, count));
}

/* Returns whether there is still a reason to ask. What only announcements speak of is given up in
 * the end: see request.h. */
static bool
is_wanted(const KetteNode *node, const KetteRequest *request, const KetteEntry *entry)
{
    if (have(node, (KetteWant)request->want, &request->id))
        return false;
    if (entry == NULL)
        return request->tries < KETTE_REQUEST_TRIES;
    return kette_chain_wants(node->chain, entry) &&
           (request->tries < KETTE_REQUEST_TRIES || kette_chain_needs_side_blocks(node->chain) ||
            kette_chain_outweighs(node->chain, entry, kette_chain_tip(node->chain)));
}

void
kette_fetch_move_on(KetteNode *node, KetteRequest *request)
{
    KetteWant want = (KetteWant)request->want;
    const KetteEntry *entry =
        want == KETTE_WANT_BLOCK ? kette_chain_find(node->chain, &request->id) : NULL;
    uint32_t peer;

    if (is_wanted(node, request, entry) &&
        kette_request_choose_next(node, &peer, &request->id, entry, request->asked))
        kette_fetch_ask(node, request, peer, first_form(node, want));
    else
        kette_request_end(node, request);
}

void
kette_fetch_lacks(KetteNode *node, uint32_t peer, KetteRequest *request)
{
    const KetteEntry *entry =
        request->want == KETTE_WANT_BLOCK ? kette_chain_find(node->chain, &request->id) : NULL;

    kette_known_forget(&node->known, peer, &request->id);
    if (entry != NULL)
        kette_best_lower(node, peer, entry);
    if (request->form == KETTE_FORM_RANGE)
        kette_bodies_move_on(node, request);
    else
        kette_fetch_move_on(node, request);
}

void
kette_fetch_on_not_found(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    for (uint16_t i = 0; i < message->inventory.count; i++) {
        KetteRequest *request =
            kette_request_find(node, want_of(message->inventory.kind), &message->inventory.ids[i]);

        if (request != NULL && request->asked == peer)
            kette_fetch_lacks(node, peer, request);
    }
}
