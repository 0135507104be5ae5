/* Telling the mempool to a peer that may lack some of it; see catch_up.h. */
#include "core/node/catch_up.h"

#include "core/base/limits.h"
#include "core/node/node_impl.h"

typedef struct {
    KetteNode *node;
    uint32_t room; /* for so many more */
} Telling;

void
kette_catch_up_on_ready(KetteNode *node, uint32_t peer)
{
    kette_peers_at(node, peer)->behind = kette_mempool_count(node->mempool) > 0;
}

void
kette_catch_up_restart(KetteNode *node, uint32_t peer)
{
    kette_peers_at(node, peer)->behind = true;
    kette_catch_up_forget_peer(node, peer);
}

void
kette_catch_up_forget_peer(KetteNode *node, uint32_t peer)
{
    if (node->catch_up.peer == peer)
        node->catch_up.peer = KETTE_PEER_SELF;
}

const char *
kette_catch_up_audit(const KetteNode *node)
{
    const uint32_t peer = node->catch_up.peer;

    return peer == KETTE_PEER_SELF || kette_peers_is_ready(node, peer)
               ? NULL
               : "a peer that is not ready is told the mempool";
}

static bool
is_told(const KetteCatchUp *catch_up, const KetteTx *tx)
{
    int order = kette_address_compare(&tx->from, &catch_up->sender);

    return catch_up->has_begun && (order < 0 || (order == 0 && tx->nonce <= catch_up->nonce));
}

static void
tell(void *user, KetteTx *tx)
{
    Telling *telling = user;
    KetteCatchUp *catch_up = &telling->node->catch_up;

    if (telling->room == 0 || is_told(catch_up, tx))
        return;
    catch_up->has_begun = true;
    catch_up->sender = tx->from;
    catch_up->nonce = tx->nonce;
    if (kette_known_has(&telling->node->known, catch_up->peer, &tx->id))
        return;
    telling->room--;
    kette_relay_payment_to(telling->node, catch_up->peer, tx);
}

/* Announces at most KETTE_CATCH_UP_MAX payments for each message that the peer sends, and to one
 * peer at a time, so that other announcements have room. */
void
kette_catch_up_go_on(KetteNode *node, uint32_t peer)
{
    Telling telling = {node, KETTE_CATCH_UP_MAX};

    if (kette_relay_open(node) > KETTE_ANNOUNCE_MAX / 2)
        return;
    if (node->catch_up.peer == KETTE_PEER_SELF)
        node->catch_up = (KetteCatchUp){.peer = peer};
    if (node->catch_up.peer != peer)
        return;
    kette_mempool_each(node->mempool, tell, &telling);
    if (telling.room == 0)
        return;
    kette_peers_at(node, peer)->behind = false;
    node->catch_up.peer = KETTE_PEER_SELF;
}
