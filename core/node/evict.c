/* Room for one more inbound connection; see evict.h. */
#include "core/node/evict.h"

#include "core/base/siphash.h"
#include "core/node/node_impl.h"

#define GROUP_BYTES 2 /* of a host: a /16, as in the book */
#define BY_GROUP 4
#define BY_PAYMENT 4
#define BY_BLOCK 4

/* --- orders: those that are protected come last ------------------------------------------ */

/* The longest connected comes last; of two that came at once, the one with the lower number. */
static gint
by_age(gconstpointer a, gconstpointer b)
{
    const KetteEvictable *x = a, *y = b;

    if (x->since_ns != y->since_ns)
        return x->since_ns > y->since_ns ? -1 : 1;
    return (x->peer < y->peer) - (x->peer > y->peer);
}

static gint
by_group(gconstpointer a, gconstpointer b)
{
    const KetteEvictable *x = a, *y = b;

    return x->group != y->group ? (x->group > y->group) - (x->group < y->group) : by_age(a, b);
}

static gint
by_payment(gconstpointer a, gconstpointer b)
{
    int64_t x = ((const KetteEvictable *)a)->payment_ns;
    int64_t y = ((const KetteEvictable *)b)->payment_ns;

    return x != y ? (x > y) - (x < y) : by_age(a, b);
}

static gint
by_block(gconstpointer a, gconstpointer b)
{
    int64_t x = ((const KetteEvictable *)a)->block_ns, y = ((const KetteEvictable *)b)->block_ns;

    return x != y ? (x > y) - (x < y) : by_age(a, b);
}

/* Takes the last `most` of that order out of the list. */
static void
protect(GArray *list, GCompareFunc order, guint most)
{
    g_array_sort(list, order);
    g_array_set_size(list, list->len - MIN(list->len, most));
}

/* --- choice ------------------------------------------------------------------------------ */

static guint
size_of_group(const GArray *list, uint64_t group)
{
    guint size = 0;

    for (guint i = 0; i < list->len; i++)
        size += g_array_index(list, KetteEvictable, i).group == group;
    return size;
}

uint32_t
kette_evict_choose(GArray *list)
{
    uint32_t best = KETTE_PEER_SELF;
    guint most = 0;

    protect(list, by_group, BY_GROUP);
    protect(list, by_payment, BY_PAYMENT);
    protect(list, by_block, BY_BLOCK);
    protect(list, by_age, list->len / 2);
    /* The youngest come first, so the first of a group is its youngest, and of two groups of one
     * size the first is the one with the youngest. */
    for (guint i = 0; i < list->len; i++) {
        const KetteEvictable *one = &g_array_index(list, KetteEvictable, i);
        guint size = size_of_group(list, one->group);

        if (size > most) {
            most = size;
            best = one->peer;
        }
    }
    return best;
}

static uint64_t
group_of(KetteNode *node, const KettePeerAddress *address)
{
    if (!node->evict.has_secret) {
        node->evict.secret[0] = kette_door_random(node);
        node->evict.secret[1] = kette_door_random(node);
        node->evict.has_secret = true;
    }
    return kette_siphash(node->evict.secret[0], node->evict.secret[1], address->host, GROUP_BYTES);
}

bool
kette_evict_one(KetteNode *node)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(KetteEvictable));
    uint32_t peer;

    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KettePeer *p = kette_peers_at(node, i);
        const KetteRemote *remote = kette_peers_remote(node, i);
        KetteEvictable one;

        if (p->state == KETTE_PEER_NONE || p->outbound || remote == NULL)
            continue;
        one = (KetteEvictable){i, group_of(node, &remote->address), remote->since_ns,
                               remote->block_ns, remote->payment_ns};
        g_array_append_val(list, one);
    }
    peer = kette_evict_choose(list);
    if (peer == KETTE_PEER_SELF)
        return false;
    kette_event_peer_useless(node, peer);
    return true;
}
