/* Discovery: the address book at work, and the limits on connections.
 *
 * With config.discovery a node keeps config.outbound connections of its own choice: every back-off
 * minimum it tries one address of its book until it has them. A new peer is asked for addresses
 * (GET_PEERS), and answers with up to KETTE_PEER_LIST_MAX of its book, once a connection. A list
 * that was not asked for is not taken, nor a second one: only whom this node chose to connect to,
 * and the standing peers that its operator chose, may fill its book (Bitcoin Core also takes, and
 * passes on, a few addresses at a time). Whoever listens is put into the book of whom it connects
 * to. Inbound connections beyond config.inbound are closed, and so are those that hold a slot for
 * nothing: refused, banned, or silent for KETTE_HANDSHAKE_TIMEOUT_NS. Standing connections, which
 * the host made of itself, count for neither limit and are never closed from here.
 */
#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/node/node_impl.h"

void
kette_gossip_clear(KetteNode *node)
{
    g_clear_pointer(&node->book, kette_book_free);
    g_clear_pointer(&node->remotes, g_array_unref);
    g_clear_pointer(&node->bans, g_array_unref);
}

/* The book comes with the first use: its secret is the node's own. */
static KetteBook *
book_of(KetteNode *node)
{
    if (node->book == NULL) {
        uint64_t secret[2];

        secret[0] = node->host.random(node->host.user);
        secret[1] = node->host.random(node->host.user);
        node->book = kette_book_new(secret);
    }
    return node->book;
}

/* NULL for a standing peer. */
static const KetteRemote *
remote_of(const KetteNode *node, uint32_t peer)
{
    if (node->remotes == NULL || peer >= node->remotes->len || node->peers[peer].standing)
        return NULL;
    return &g_array_index(node->remotes, KetteRemote, peer);
}

const KettePeerAddress *
kette_gossip_address(const KetteNode *node, uint32_t peer)
{
    const KetteRemote *remote = remote_of(node, peer);

    return remote != NULL ? &remote->address : NULL;
}

static uint32_t
count(const KetteNode *node, bool outbound)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KettePeer *peer = &node->peers[i];

        found += peer->state != KETTE_PEER_NONE && !peer->standing && peer->outbound == outbound;
    }
    return found;
}

void
kette_node_add_address(KetteNode *node, const KettePeerAddress *address)
{
    kette_book_add(book_of(node), address, address);
}

KetteBook *
kette_node_steal_book(KetteNode *node)
{
    return g_steal_pointer(&node->book);
}

void
kette_node_give_book(KetteNode *node, KetteBook *book)
{
    kette_assert(node->book == NULL);
    node->book = book;
}

void
kette_node_add_peer_at(KetteNode *node, uint32_t peer, bool outbound,
                       const KettePeerAddress *address, int64_t now_ns)
{
    kette_assert(node->host.disconnect != NULL);
    kette_node_set_now(node, now_ns);
    if ((!outbound && count(node, false) >= node->config.inbound) ||
        kette_node_is_banned_at(node, address, outbound)) {
        node->host.disconnect(node->host.user, peer);
        return;
    }
    if (node->remotes == NULL)
        node->remotes = g_array_new(FALSE, TRUE, sizeof(KetteRemote));
    if (peer >= node->remotes->len)
        g_array_set_size(node->remotes, peer + 1);
    g_array_index(node->remotes, KetteRemote, peer) = (KetteRemote){*address, now_ns};
    kette_node_add_peer(node, peer, outbound, now_ns);
    node->peers[peer].standing = false;
    kette_handshake_arm(node);
}

/* --- connections that hold a slot for nothing ---------------------------------------------- */

static void
hang_up(KetteNode *node, uint32_t peer)
{
    node->host.disconnect(node->host.user, peer);
    kette_node_forget_peer(node, peer);
}

void
kette_gossip_close_shut_out(KetteNode *node, uint32_t peer)
{
    KettePeerState state = node->peers[peer].state;

    if ((state == KETTE_PEER_REFUSED || state == KETTE_PEER_BANNED) &&
        remote_of(node, peer) != NULL)
        hang_up(node, peer);
}

/* When the peer must have shaken hands; never for a standing one. */
static int64_t
deadline_of(const KetteNode *node, uint32_t peer)
{
    const KetteRemote *remote = remote_of(node, peer);

    return remote != NULL && node->peers[peer].state == KETTE_PEER_CONNECTING
               ? remote->since_ns + KETTE_HANDSHAKE_TIMEOUT_NS
               : INT64_MAX;
}

void
kette_gossip_close_silent(KetteNode *node)
{
    for (uint32_t i = 0; node->remotes != NULL && i < node->remotes->len; i++) {
        if (deadline_of(node, i) <= node->now_ns)
            hang_up(node, i);
    }
}

int64_t
kette_gossip_deadline(const KetteNode *node)
{
    int64_t first = INT64_MAX;

    for (uint32_t i = 0; node->remotes != NULL && i < node->remotes->len; i++)
        first = MIN(first, deadline_of(node, i));
    return first;
}

/* --- addresses ----------------------------------------------------------------------------- */

/* A handshake was completed: where the peer listens is now known to be true. */
void
kette_gossip_ready(KetteNode *node, uint32_t peer, uint16_t port)
{
    const KettePeerAddress *address = kette_gossip_address(node, peer);
    KettePeerAddress listens;

    if (!node->config.discovery)
        return;
    if (node->peers[peer].outbound || address == NULL) {
        if (address != NULL)
            kette_book_good(book_of(node), address, node->now_ns);
        node->peers[peer].asked_peers = true;
        kette_node_send(node, peer, kette_message_get_peers());
        return;
    }
    /* An inbound connection proves the host and says the port. */
    listens = *address;
    listens.port = port;
    kette_book_add(book_of(node), &listens, address);
}

void
kette_gossip_on_get_peers(KetteNode *node, uint32_t peer)
{
    KettePeerAddress list[KETTE_PEER_LIST_MAX];
    uint16_t found;

    if (!node->config.discovery || node->peers[peer].told_peers)
        return;
    node->peers[peer].told_peers = true;
    found = kette_book_list(book_of(node), list, KETTE_PEER_LIST_MAX, node->host.random,
                            node->host.user);
    kette_node_send(node, peer, kette_message_peer_list(list, found));
}

void
kette_gossip_on_peer_list(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KettePeerAddress *source = kette_gossip_address(node, peer);
    const KettePeerAddress nobody = {.port = 1};

    if (!node->config.discovery || !node->peers[peer].asked_peers)
        return;
    node->peers[peer].asked_peers = false;
    for (uint16_t i = 0; i < message->peers.count; i++)
        kette_book_add(book_of(node), &message->peers.addresses[i], source ? source : &nobody);
}

/* Tries one address when there are too few outbound connections. */
void
kette_gossip_timer(KetteNode *node)
{
    KettePeerAddress address;
    KetteBookPick pick = {.now_ns = node->now_ns,
                          .backoff_min_ns = node->config.backoff_min_ns,
                          .backoff_max_ns = node->config.backoff_max_ns,
                          .draw = node->host.random,
                          .draw_user = node->host.user};
    int64_t wait = node->config.backoff_min_ns;
    g_autoptr(GArray) skip = g_array_new(FALSE, FALSE, sizeof(KettePeerAddress));

    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KettePeerAddress *there =
            node->peers[i].state != KETTE_PEER_NONE ? kette_gossip_address(node, i) : NULL;

        if (there != NULL)
            g_array_append_vals(skip, there, 1);
    }
    for (guint i = 0; node->bans != NULL && i < node->bans->len; i++) {
        const KetteBan *ban = &g_array_index(node->bans, KetteBan, i);

        if (ban->until_ns > node->now_ns)
            g_array_append_vals(skip, &ban->address, 1);
    }
    pick.skip = (const KettePeerAddress *)skip->data;
    pick.skip_count = skip->len;
    if (count(node, true) < node->config.outbound &&
        kette_book_pick(book_of(node), &address, &pick)) {
        kette_book_attempt(book_of(node), &address, node->now_ns);
        node->host.connect(node->host.user, &address);
    }
    /* A quarter of jitter, so that nodes that lost the same peer do not come back in step. */
    wait += (int64_t)(node->host.random(node->host.user) % (uint64_t)(wait / 4 + 1));
    node->host.set_timer(node->host.user, KETTE_TIMER_PEERS, wait);
}

const KetteBook *
kette_node_book(const KetteNode *node)
{
    return node->book;
}
