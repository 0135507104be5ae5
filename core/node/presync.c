/* Headers of chains with too little work; see presync.h. */
#include "core/node/presync.h"

#include "core/node/node_impl.h"

/* A walk along the chain of a peer. */
typedef struct {
    uint32_t peer;
    bool again;              /* it had enough work, and comes a second time */
    guint passed;            /* how many ends have come a second time */
    bool repeated;           /* the last answer had come before */
    uint32_t stretch;        /* headers since the end before the last one */
    const KetteEntry *start; /* the last header that is here */
    KetteEntry last;         /* the end of the walk: its id, height and work alone */
    GArray *ends;            /* KetteHash, in order: the last headers of answers */
} Walk;

static void
free_walk(gpointer data)
{
    Walk *walk = data;

    g_array_unref(walk->ends);
    g_free(walk);
}

void
kette_presync_clear(KetteNode *node)
{
    g_clear_pointer(&node->presync.walks, g_ptr_array_unref);
}

static Walk *
find_walk(const KetteNode *node, uint32_t peer)
{
    for (guint i = 0; node->presync.walks != NULL && i < node->presync.walks->len; i++) {
        Walk *walk = g_ptr_array_index(node->presync.walks, i);

        if (walk->peer == peer)
            return walk;
    }
    return NULL;
}

static Walk *
add_walk(KetteNode *node, uint32_t peer)
{
    Walk *walk = g_new0(Walk, 1);

    walk->peer = peer;
    walk->ends = g_array_new(FALSE, FALSE, sizeof(KetteHash));
    if (node->presync.walks == NULL)
        node->presync.walks = g_ptr_array_new_with_free_func(free_walk);
    g_ptr_array_add(node->presync.walks, walk);
    return walk;
}

void
kette_presync_forget_peer(KetteNode *node, uint32_t peer)
{
    Walk *walk = find_walk(node, peer);

    if (walk != NULL)
        g_ptr_array_remove(node->presync.walks, walk);
}

const KetteHash *
kette_presync_last(const KetteNode *node, uint32_t peer)
{
    const Walk *walk = find_walk(node, peer);

    return walk != NULL && !walk->again ? &walk->last.id : NULL;
}

/* Adds the work of a header; a sum beyond 256 bits is the largest there is. */
static void
add_work(KetteU256 *work, const KetteHeader *header)
{
    const KetteU256 own = kette_work_of_bits(header->bits);

    if (kette_u256_add(work, work, &own))
        *work = (KetteU256){{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
}

/* Returns whether the chain of a header above `parent` has enough work; its height and work count
 * alone. */
static bool
is_enough(const KetteNode *node, const KetteEntry *parent, const KetteHeader *header)
{
    KetteU256 work = parent->work;

    add_work(&work, header);
    return kette_u256_compare(&work, &node->config.min_work) >= 0 &&
           kette_chain_is_near(node->chain, parent, header);
}

bool
kette_presync_allows(const KetteNode *node, const KetteHeader *header)
{
    const KetteEntry *parent = kette_chain_find(node->chain, &header->previous);

    return parent == NULL || is_enough(node, parent, header);
}

/* --- the first time ----------------------------------------------------------------------- */

/* The new headers of an answer: those that are not here yet. */
typedef struct {
    const KetteEntry *start; /* the last one that is here; NULL: that of the walk */
    KetteEntry parent;       /* of the last header that is good */
    KetteEntry end;          /* that header: id, height and work */
    uint16_t first;          /* the first header that is not here */
    uint16_t stop;           /* the first one that is not good, or the count */
    KetteHash bad;           /* its id, */
    KetteVerdict verdict;    /* and why: unknown-parent where it is not linked */
} Reading;

/* Finds the first header that is not here, and what it stands on. False when nothing is to be
 * screened: all are here, or they connect to nothing. */
static bool
find_first(const KetteNode *node, const Walk *walk, const KetteMessage *message, Reading *reading)
{
    const KetteHeader *headers = message->chain.headers;
    uint16_t i = 0;

    *reading = (Reading){.verdict = KETTE_OK};
    reading->start = kette_chain_find(node->chain, &headers[0].previous);
    while (reading->start != NULL && i < message->chain.count) {
        const KetteHash id = kette_store_header_id(kette_chain_store(node->chain), &headers[i]);
        const KetteEntry *entry = kette_chain_find(node->chain, &id);

        if (entry == NULL)
            break;
        reading->start = entry;
        i++;
    }
    reading->first = i;
    if (reading->start != NULL)
        reading->end = (KetteEntry){.id = reading->start->id,
                                    .height = reading->start->height,
                                    .work = reading->start->work};
    else if (walk != NULL && kette_hash_equal(&headers[0].previous, &walk->last.id))
        reading->end = walk->last;
    else
        return false;
    return i < message->chain.count;
}

/* Reads the new headers, up to the first that is not good. */
static void
read_new(const KetteNode *node, const KetteMessage *message, Reading *reading)
{
    KetteStore *store = kette_chain_store(node->chain);
    uint16_t i = reading->first;

    for (; i < message->chain.count; i++) {
        const KetteHeader *header = &message->chain.headers[i];
        const KetteHash id = kette_store_header_id(store, header);

        reading->verdict = kette_hash_equal(&header->previous, &reading->end.id)
                               ? kette_rules_header_pow(kette_store_params(store),
                                                        kette_store_hasher(store), header, &id)
                               : KETTE_UNKNOWN_PARENT;
        if (reading->verdict != KETTE_OK) {
            reading->bad = id;
            break;
        }
        reading->parent = reading->end;
        reading->end.id = id;
        reading->end.height++;
        add_work(&reading->end.work, header);
    }
    reading->stop = i;
}

/* Returns whether the walk has passed this end. */
static bool
has_end(const Walk *walk, const KetteHash *id)
{
    for (guint i = walk->ends->len; i-- > 0;) {
        if (kette_hash_equal(&g_array_index(walk->ends, KetteHash, i), id))
            return true;
    }
    return false;
}

/* Notes the end of an answer. Two short stretches become one, as long as one answer holds them. */
static void
walk_on(Walk *walk, const Reading *reading, uint16_t headers_max)
{
    const uint32_t count = (uint32_t)(reading->stop - reading->first);

    if (reading->start != NULL) {
        walk->start = reading->start;
        g_array_set_size(walk->ends, 0);
    }
    walk->last = reading->end;
    walk->repeated = false;
    if (walk->ends->len > 0 && walk->stretch + count <= headers_max) {
        walk->stretch += count;
        g_array_set_size(walk->ends, walk->ends->len - 1);
    } else {
        walk->stretch = count;
    }
    g_array_append_val(walk->ends, reading->end.id);
}

static KetteScreened
screen_first(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteScreened take = {.screen = KETTE_SCREEN_TAKE, .count = message->chain.count};
    Walk *walk = find_walk(node, peer);
    Reading reading;
    bool enough;

    if (!find_first(node, walk, message, &reading))
        return walk != NULL && reading.start == NULL ? (KetteScreened){.screen = KETTE_SCREEN_STALE}
                                                     : take;
    read_new(node, message, &reading);
    if (reading.stop == reading.first)
        return take; /* the first one is bad, and so none is kept */
    enough = is_enough(node, &reading.parent, &message->chain.headers[reading.stop - 1]);
    if (enough && reading.start != NULL) {
        kette_presync_forget_peer(node, peer);
        return take;
    }
    if (walk != NULL && reading.start != NULL && !walk->repeated &&
        has_end(walk, &reading.end.id)) {
        walk->repeated = true;
        return (KetteScreened){.screen = KETTE_SCREEN_STALE};
    }
    if (reading.verdict != KETTE_OK && reading.verdict != KETTE_UNKNOWN_PARENT) {
        kette_presync_forget_peer(node, peer);
        return (KetteScreened){.screen = KETTE_SCREEN_BAD,
                               .count = reading.stop,
                               .id = reading.bad,
                               .verdict = reading.verdict};
    }
    if (walk == NULL)
        walk = add_walk(node, peer);
    walk_on(walk, &reading, node->config.headers_max);
    if (enough) {
        walk->again = true;
        walk->passed = 0;
        return (KetteScreened){.screen = KETTE_SCREEN_AGAIN, .start = walk->start};
    }
    return (KetteScreened){.screen = message->chain.count >= node->config.headers_max &&
                                             reading.stop == message->chain.count
                                         ? KETTE_SCREEN_GOES_ON
                                         : KETTE_SCREEN_ENDS};
}

/* --- the second time ---------------------------------------------------------------------- */

/* Returns whether all headers of an answer are here: it is a late one, or begins below the walk. */
static bool
is_all_here(const KetteNode *node, const KetteMessage *message)
{
    const KetteHash id = kette_store_header_id(kette_chain_store(node->chain),
                                               &message->chain.headers[message->chain.count - 1]);

    return kette_chain_find(node->chain, &id) != NULL;
}

/* Returns how many headers the ends of the walk prove; 0 for none. A header that does not follow
 * the one before it ends the reading: an end proves nothing of what comes before such a gap. */
static uint16_t
count_proven(const KetteNode *node, Walk *walk, const KetteMessage *message)
{
    const KetteHeader *headers = message->chain.headers;
    KetteHash id = headers[0].previous;
    uint16_t proven = 0;

    for (uint16_t i = 0; i < message->chain.count && walk->passed < walk->ends->len; i++) {
        if (!kette_hash_equal(&headers[i].previous, &id))
            break;
        id = kette_store_header_id(kette_chain_store(node->chain), &headers[i]);
        for (guint k = walk->passed; k < walk->ends->len; k++) {
            if (!kette_hash_equal(&g_array_index(walk->ends, KetteHash, k), &id))
                continue;
            walk->passed = k + 1;
            proven = (uint16_t)(i + 1);
            break;
        }
    }
    return proven;
}

KetteScreened
kette_presync_screen(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const uint16_t count = message->chain.count;
    Walk *walk = find_walk(node, peer);
    uint16_t proven;

    if (count == 0 || kette_chain_needs_side_blocks(node->chain))
        return (KetteScreened){.screen = KETTE_SCREEN_TAKE, .count = count};
    if (walk == NULL || !walk->again)
        return screen_first(node, peer, message);
    if (kette_chain_find(node->chain, &message->chain.headers[0].previous) == NULL)
        return (KetteScreened){.screen = KETTE_SCREEN_STALE};
    proven = count_proven(node, walk, message);
    if (proven == 0 && is_all_here(node, message))
        return (KetteScreened){.screen = KETTE_SCREEN_TAKE, .count = count};
    if (proven > 0 && walk->passed < walk->ends->len)
        return (KetteScreened){.screen = KETTE_SCREEN_TAKE, .count = proven};
    kette_presync_forget_peer(node, peer);
    if (proven > 0)
        return (KetteScreened){.screen = KETTE_SCREEN_TAKE, .count = count};
    return screen_first(node, peer, message);
}

const char *
kette_presync_audit(const KetteNode *node)
{
    for (guint i = 0; node->presync.walks != NULL && i < node->presync.walks->len; i++) {
        const Walk *walk = g_ptr_array_index(node->presync.walks, i);

        if (!kette_peers_is_ready(node, walk->peer))
            return "a walk goes along the chain of a peer that is not ready";
    }
    return NULL;
}

size_t
kette_presync_memory(const KetteNode *node)
{
    size_t sum = 0;

    for (guint i = 0; node->presync.walks != NULL && i < node->presync.walks->len; i++) {
        const Walk *walk = g_ptr_array_index(node->presync.walks, i);

        sum += sizeof *walk + sizeof *walk->ends + walk->ends->len * sizeof(KetteHash);
    }
    return sum;
}
