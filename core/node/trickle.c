/* Trickle; see trickle.h. */
#include "core/node/trickle.h"

#include "core/base/exponential.h"
#include "core/base/limits.h"
#include "core/node/node_impl.h"

/* A part of the log is dropped when so much of it has been told to all. */
#define TRIM_MIN 1024

/* A payment to tell of, which was in the mempool when so many had left it. */
typedef struct {
    KetteHash id;
    uint64_t departures;
} Telling;

typedef struct {
    uint64_t told;  /* the number of the first payment that it was not told of */
    int64_t due_ns; /* INT64_MAX: nothing is to tell */
} TricklePeer;

void
kette_trickle_clear(KetteNode *node)
{
    g_clear_pointer(&node->trickle.log, g_array_unref);
    g_clear_pointer(&node->trickle.peers, g_array_unref);
}

/* Returns the array of all peers. */
static TricklePeer *
trickle_peers(KetteNode *node)
{
    TricklePeer fresh = {node->trickle.first, INT64_MAX};

    if (node->trickle.peers == NULL)
        node->trickle.peers = g_array_new(FALSE, FALSE, sizeof(TricklePeer));
    while (node->trickle.peers->len < node->peer_count)
        g_array_append_val(node->trickle.peers, fresh);
    return (TricklePeer *)node->trickle.peers->data;
}

static uint64_t
log_end(const KetteTrickle *trickle)
{
    return trickle->first + (trickle->log != NULL ? trickle->log->len : 0);
}

/* --- when ------------------------------------------------------------------------------------ */

static int64_t
draw_due(KetteNode *node, int64_t mean_ns)
{
    return node->now_ns + kette_exponential(mean_ns, kette_door_random(node)) + 1;
}

/* Sets when a peer is told next, which is not set. */
static void
make_due(KetteNode *node, uint32_t peer, TricklePeer *p)
{
    if (kette_peers_at(node, peer)->outbound) {
        p->due_ns = draw_due(node, KETTE_TRICKLE_OUTBOUND_NS);
        return;
    }
    /* A time that has passed was of peers that have been told, or have left since. */
    if (node->trickle.inbound == INT64_MAX || node->trickle.inbound <= node->now_ns)
        node->trickle.inbound = draw_due(node, KETTE_TRICKLE_INBOUND_NS);
    p->due_ns = node->trickle.inbound;
}

/* Sets the timer to when the first peer is due. */
static void
arm(KetteNode *node)
{
    const TricklePeer *peers = trickle_peers(node);
    int64_t first = INT64_MAX;

    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (kette_peers_is_ready(node, i))
            first = MIN(first, peers[i].due_ns);
    }
    kette_door_set_timer(node, KETTE_TIMER_TRICKLE, first);
}

/* --- telling --------------------------------------------------------------------------------- */

static uint32_t
batch_limit(uint64_t waiting)
{
    return (uint32_t)MIN(KETTE_TRICKLE_TARGET + waiting / 1000 * 5, KETTE_TRICKLE_MAX);
}

/* A batch on a link that loses nothing is one message of ids; else each payment is announced and
 * repeated by itself. */
static bool
goes_in_batches(const KetteNode *node)
{
    return !node->config.ack && node->config.relay != KETTE_RELAY_FLOOD;
}

static void
send_batch(KetteNode *node, uint32_t peer, const KetteHash *ids, uint16_t count)
{
    if (count == 1)
        kette_door_send(node, peer,
                        kette_mint_inventory(node->host.mint, KETTE_MSG_INVENTORY,
                                             KETTE_MSG_NEW_TRANSACTION, &ids[0]));
    else if (count > 1)
        kette_door_send(
            node, peer,
            kette_message_inventory(KETTE_MSG_INVENTORY, KETTE_MSG_NEW_TRANSACTION, ids, count));
}

static Telling *
telling_at(const KetteNode *node, uint64_t number)
{
    return &g_array_index(node->trickle.log, Telling, number - node->trickle.first);
}

/* Whether the payment is still in the mempool. */
static bool
is_here(const KetteNode *node, Telling *telling)
{
    uint64_t departures = kette_mempool_departures(node->mempool);

    if (telling->departures == departures)
        return true;
    if (kette_mempool_find(node->mempool, &telling->id) == NULL)
        return false;
    telling->departures = departures;
    return true;
}

static bool
learn(KetteNode *node, uint32_t peer, const KetteHash *id)
{
    return kette_known_learn_all(&node->known, peer / 64, UINT64_C(1) << peer % 64, id,
                                 node->now_ns) != 0;
}

/* Tells a peer what has come since it was told last, up to the limit of a batch. What has left the
 * mempool meanwhile is left out. */
static void
tell(KetteNode *node, uint32_t peer, TricklePeer *p)
{
    uint64_t end = log_end(&node->trickle);
    uint32_t limit = batch_limit(end - p->told), count = 0;
    KetteHash ids[KETTE_TRICKLE_MAX];

    for (uint64_t i = p->told; i < end; i++)
        kette_known_prefetch(&node->known, &telling_at(node, i)->id);
    for (; p->told < end && count < limit; p->told++) {
        Telling *telling = telling_at(node, p->told);

        if (!is_here(node, telling) || !learn(node, peer, &telling->id))
            continue;
        if (goes_in_batches(node))
            ids[count] = telling->id;
        else
            kette_relay_payment_to(node, peer, kette_mempool_find(node->mempool, &telling->id));
        count++;
    }
    if (goes_in_batches(node))
        send_batch(node, peer, ids, (uint16_t)count);
    p->due_ns = INT64_MAX;
    if (p->told < end)
        make_due(node, peer, p);
}

/* Drops what all peers were told of. */
static void
trim(KetteNode *node)
{
    KetteTrickle *trickle = &node->trickle;
    const TricklePeer *peers = trickle_peers(node);
    uint64_t least = log_end(trickle);

    if (trickle->log->len < TRIM_MIN)
        return;
    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (kette_peers_is_ready(node, i))
            least = MIN(least, peers[i].told);
    }
    if (least - trickle->first < trickle->log->len / 2)
        return;
    g_array_remove_range(trickle->log, 0, (guint)(least - trickle->first));
    trickle->first = least;
}

void
kette_trickle_on_timer(KetteNode *node)
{
    TricklePeer *peers;

    if (node->trickle.log == NULL)
        return; /* a host may ring at any time */
    peers = trickle_peers(node);
    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (kette_peers_is_ready(node, i) && peers[i].due_ns <= node->now_ns)
            tell(node, i, &peers[i]);
    }
    trim(node);
    arm(node);
}

void
kette_trickle_payment(KetteNode *node, KetteTx *tx)
{
    Telling telling = {tx->id, kette_mempool_departures(node->mempool)};
    TricklePeer *peers;

    if (node->config.tx_relay == KETTE_TX_RELAY_AT_ONCE) {
        kette_relay_payment(node, tx);
        return;
    }
    if (node->trickle.log == NULL) {
        node->trickle.log = g_array_new(FALSE, FALSE, sizeof(Telling));
        node->trickle.inbound = INT64_MAX;
    }
    g_array_append_val(node->trickle.log, telling);
    peers = trickle_peers(node);
    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (kette_peers_is_ready(node, i) && peers[i].due_ns == INT64_MAX)
            make_due(node, i, &peers[i]);
    }
    trim(node); /* without peers the timer never does */
    arm(node);
}

void
kette_trickle_on_ready(KetteNode *node, uint32_t peer)
{
    if (node->config.tx_relay == KETTE_TX_RELAY_TRICKLE)
        trickle_peers(node)[peer] = (TricklePeer){log_end(&node->trickle), INT64_MAX};
}

size_t
kette_trickle_memory(const KetteNode *node)
{
    return (node->trickle.log != NULL ? node->trickle.log->len * sizeof(Telling) : 0) +
           (node->trickle.peers != NULL ? node->trickle.peers->len * sizeof(TricklePeer) : 0);
}
