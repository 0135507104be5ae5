/* Discovery: the address book at work, and the limits on connections.
 *
 * With config.discovery a node keeps config.outbound connections of its own choice: every back-off
 * minimum it tries one address of its book until it has them. A new peer is asked for addresses
 * (GET_PEERS), and answers with up to KETTE_PEER_LIST_MAX of its book, once a connection. Whoever
 * listens is put into the book of whom it connects to. Inbound connections beyond config.inbound
 * are closed. Standing connections, which the host made of itself, count for neither limit.
 */
#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/node/node_impl.h"

void
kette_gossip_clear(KetteNode *node)
{
    g_clear_pointer(&node->book, kette_book_free);
    g_clear_pointer(&node->addresses, g_array_unref);
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

/* The remote address of a connection that is not a standing one, else NULL. */
static const KettePeerAddress *
address_of(const KetteNode *node, uint32_t peer)
{
    const KettePeerAddress *address;

    if (node->addresses == NULL || peer >= node->addresses->len)
        return NULL;
    address = &g_array_index(node->addresses, KettePeerAddress, peer);
    return node->peers[peer].standing ? NULL : address;
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

void
kette_node_add_peer_at(KetteNode *node, uint32_t peer, bool outbound,
                       const KettePeerAddress *address, int64_t now_ns)
{
    if (!outbound && count(node, false) >= node->config.inbound) {
        node->host.disconnect(node->host.user, peer);
        return;
    }
    if (node->addresses == NULL)
        node->addresses = g_array_new(FALSE, TRUE, sizeof(KettePeerAddress));
    if (peer >= node->addresses->len)
        g_array_set_size(node->addresses, peer + 1);
    g_array_index(node->addresses, KettePeerAddress, peer) = *address;
    kette_node_add_peer(node, peer, outbound, now_ns);
    node->peers[peer].standing = false;
}

/* A handshake was completed: where the peer listens is now known to be true. */
void
kette_gossip_ready(KetteNode *node, uint32_t peer, uint16_t port)
{
    const KettePeerAddress *address = address_of(node, peer);
    KettePeerAddress listens;

    if (!node->config.discovery || address == NULL)
        return;
    if (node->peers[peer].outbound) {
        kette_book_good(book_of(node), address, node->now_ns);
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
    const KettePeerAddress *source = address_of(node, peer);
    const KettePeerAddress nobody = {.port = 1};

    if (!node->config.discovery)
        return;
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
    g_autoptr(GArray) connected = g_array_new(FALSE, FALSE, sizeof(KettePeerAddress));

    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KettePeerAddress *there =
            node->peers[i].state != KETTE_PEER_NONE ? address_of(node, i) : NULL;

        if (there != NULL)
            g_array_append_vals(connected, there, 1);
    }
    pick.skip = (const KettePeerAddress *)connected->data;
    pick.skip_count = connected->len;
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
