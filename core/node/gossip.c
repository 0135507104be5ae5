/* Discovery; see gossip.h. */
#include "core/node/gossip.h"

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/node/node_impl.h"

void
kette_gossip_clear(KetteNode *node)
{
    g_clear_pointer(&node->gossip.book, kette_book_free);
}

/* Returns the book, made at the first use: its secret is the node's own. */
static KetteBook *
book_of(KetteNode *node)
{
    if (node->gossip.book == NULL) {
        uint64_t secret[2];

        secret[0] = kette_door_random(node);
        secret[1] = kette_door_random(node);
        node->gossip.book = kette_book_new(secret);
    }
    return node->gossip.book;
}

const KetteBook *
kette_node_book(const KetteNode *node)
{
    return node->gossip.book;
}

void
kette_node_add_address(KetteNode *node, const KettePeerAddress *address)
{
    kette_book_add(book_of(node), address, address);
}

/* Returns whether the connection to `a` is older than that to `b`. */
static bool
is_older(const KetteNode *node, uint32_t a, uint32_t b)
{
    int64_t since_a = kette_peers_remote(node, a)->since_ns;
    int64_t since_b = kette_peers_remote(node, b)->since_ns;

    return since_a != since_b ? since_a < since_b : a < b;
}

/* Returns the ready connection of our own that is the oldest after `after`, in the order of since
 * and number; -1: the oldest of all, or none. */
static int64_t
next_oldest(const KetteNode *node, int64_t after)
{
    int64_t found = -1;

    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (kette_peers_remote(node, i) == NULL || !kette_peers_at(node, i)->outbound ||
            !kette_peers_is_ready(node, i) || (after >= 0 && !is_older(node, (uint32_t)after, i)))
            continue;
        if (found < 0 || is_older(node, i, (uint32_t)found))
            found = i;
    }
    return found;
}

/* Keeps those that were connected for longest. */
static void
keep_anchors(KetteNode *node)
{
    int64_t peer = -1;

    if (node->gossip.book == NULL || node->config.anchors == 0)
        return;
    kette_book_clear_anchors(node->gossip.book);
    for (uint32_t i = 0; i < node->config.anchors && (peer = next_oldest(node, peer)) >= 0; i++)
        kette_book_add_anchor(node->gossip.book,
                              &kette_peers_remote(node, (uint32_t)peer)->address);
}

KetteBook *
kette_node_steal_book(KetteNode *node)
{
    keep_anchors(node);
    return g_steal_pointer(&node->gossip.book);
}

void
kette_node_give_book(KetteNode *node, KetteBook *book)
{
    kette_assert(node->gossip.book == NULL);
    node->gossip.book = book;
}

/* --- addresses ----------------------------------------------------------------------------- */

void
kette_gossip_on_ready(KetteNode *node, uint32_t peer, uint16_t port)
{
    const KetteRemote *remote = kette_peers_remote(node, peer);
    KettePeer *p = kette_peers_at(node, peer);
    KettePeerAddress listens;

    if (!node->config.discovery)
        return;
    if (p->outbound || remote == NULL) {
        if (remote != NULL)
            kette_book_good(book_of(node), &remote->address, node->now_ns);
        p->asked_peers = true;
        kette_door_send(node, peer, kette_message_get_peers());
        return;
    }
    /* An inbound connection proves the host and says the port. */
    listens = remote->address;
    listens.port = port;
    kette_book_add(book_of(node), &listens, &remote->address);
}

void
kette_gossip_on_get_peers(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    KettePeerAddress list[KETTE_PEER_LIST_MAX];
    KettePeer *p = kette_peers_at(node, peer);
    uint16_t found;

    (void)message;
    if (!node->config.discovery || p->told_peers)
        return;
    p->told_peers = true;
    found = kette_book_list(book_of(node), list, KETTE_PEER_LIST_MAX, node->host.random,
                            node->host.user);
    kette_door_send(node, peer, kette_message_peer_list(list, found));
}

void
kette_gossip_on_peer_list(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteRemote *remote = kette_peers_remote(node, peer);
    const KettePeerAddress nobody = {.port = 1}, *source = remote ? &remote->address : &nobody;
    KettePeer *p = kette_peers_at(node, peer);

    if (!node->config.discovery || !p->asked_peers)
        return;
    p->asked_peers = false;
    for (uint16_t i = 0; i < message->peers.count; i++)
        kette_book_add(book_of(node), &message->peers.addresses[i], source);
}

/* --- connections of its own ---------------------------------------------------------------- */

/* Returns the addresses not to try: those that are connected, and those that are banned. */
static GArray *
addresses_to_skip(const KetteNode *node)
{
    GArray *skip = g_array_new(FALSE, FALSE, sizeof(KettePeerAddress));

    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KetteRemote *remote = kette_peers_remote(node, i);

        if (remote != NULL && kette_peers_at(node, i)->state != KETTE_PEER_NONE)
            g_array_append_val(skip, remote->address);
    }
    kette_conduct_append_banned(node, skip);
    return skip;
}

/* Returns whether `address` is in the list, or its host is with port 0. */
static bool
is_skipped(const GArray *skip, const KettePeerAddress *address)
{
    for (guint i = 0; i < skip->len; i++) {
        const KettePeerAddress *other = &g_array_index(skip, KettePeerAddress, i);

        if (memcmp(other->host, address->host, sizeof address->host) == 0 &&
            (other->port == 0 || other->port == address->port))
            return true;
    }
    return false;
}

static bool
take_anchor(KetteNode *node, KettePeerAddress *ret_address, const GArray *skip)
{
    while (kette_book_take_anchor(book_of(node), ret_address)) {
        if (!is_skipped(skip, ret_address))
            return true;
    }
    return false;
}

void
kette_gossip_on_timer(KetteNode *node)
{
    g_autoptr(GArray) skip = addresses_to_skip(node);
    KettePeerAddress address;
    KetteBookPick pick = {.now_ns = node->now_ns,
                          .backoff_min_ns = node->config.backoff_min_ns,
                          .backoff_max_ns = node->config.backoff_max_ns,
                          .skip = (const KettePeerAddress *)skip->data,
                          .skip_count = skip->len,
                          .draw = node->host.random,
                          .draw_user = node->host.user};
    int64_t wait = node->config.backoff_min_ns;

    if (kette_peers_count(node, true) < node->config.outbound &&
        (take_anchor(node, &address, skip) || kette_book_pick(book_of(node), &address, &pick))) {
        kette_book_attempt(book_of(node), &address, node->now_ns);
        node->host.connect(node->host.user, &address);
    }
    /* A quarter of jitter, so that nodes that lost the same peer do not come back in step. */
    wait += (int64_t)(kette_door_random(node) % (uint64_t)(wait / 4 + 1));
    kette_door_set_timer_in(node, KETTE_TIMER_PEERS, wait);
}
