/* Body sync; see body_sync.h. */
#include "core/node/body_sync.h"

#include "core/base/limits.h"
#include "core/node/node_impl.h"

/* A body that is missing. */
typedef struct {
    const KetteEntry *entry;
    uint32_t shown_by; /* a peer that showed it, or may have it; KETTE_PEER_SELF: nobody now */
} Wanted;

void
kette_bodies_clear(KetteNode *node)
{
    g_clear_pointer(&node->body_sync.beside, g_array_unref);
}

bool
kette_bodies_has_wanted(const KetteNode *node)
{
    return node->body_sync.beside != NULL;
}

size_t
kette_bodies_memory(const KetteNode *node)
{
    const GArray *beside = node->body_sync.beside;

    return beside != NULL ? sizeof *beside + beside->len * sizeof(Wanted) : 0;
}

static bool
is_under_way(const KetteNode *node, const KetteEntry *entry)
{
    const KetteRequest *request = kette_request_find(node, KETTE_WANT_BLOCK, &entry->id);

    return request != NULL && request->asked != KETTE_PEER_SELF;
}

/* Blocks that may wait for a parent: a peer's share of the orphan pool, and no more than that. */
static uint32_t
window(const KetteNode *node)
{
    return MIN(KETTE_SYNC_WINDOW,
               MAX(node->config.orphan_limit / KETTE_ORPHANS_PER_PEER_DIVISOR, 1));
}

/* --- what is wanted ---------------------------------------------------------------------- */

/* Returns the headers worth fetching up to: what ready peers have shown that beats our tip, the
 * heaviest first, each once. NULL when there is none. */
static GPtrArray *
targets(const KetteNode *node)
{
    const KetteEntry *tip = kette_chain_tip(node->chain);
    GPtrArray *found = NULL;

    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KetteEntry *shown = kette_peers_at(node, i)->best;
        guint at = 0;

        if (shown == NULL || shown == tip || !kette_peers_is_ready(node, i) ||
            !kette_chain_outweighs(node->chain, shown, tip) ||
            (found != NULL && g_ptr_array_find(found, shown, NULL)) ||
            !kette_chain_wants(node->chain, shown))
            continue;
        if (found == NULL)
            found = g_ptr_array_new();
        while (at < found->len && !kette_chain_outweighs(node->chain, shown, found->pdata[at]))
            at++;
        g_ptr_array_insert(found, (gint)at, (gpointer)shown);
    }
    return found;
}

/* Returns the bodies missing below `best` within the window, oldest first: Wanted. */
static GArray *
missing_below(const KetteNode *node, const KetteEntry *best)
{
    GArray *missing = g_array_new(FALSE, FALSE, sizeof(Wanted));
    uint64_t low = kette_chain_last_joined(node->chain, best)->height;
    uint64_t high = MIN(best->height, low + window(node));

    for (uint64_t height = low + 1; height <= high; height++) {
        Wanted wanted = {.entry = kette_entry_ancestor(best, height), .shown_by = KETTE_PEER_SELF};

        if (!kette_chain_knows_body(node->chain, &wanted.entry->id))
            g_array_append_val(missing, wanted);
    }
    return missing;
}

static bool
is_missing(const KetteNode *node, const KetteEntry *entry)
{
    return !kette_chain_knows_body(node->chain, &entry->id) &&
           kette_chain_wants(node->chain, entry);
}

static gint
compare_wanted(gconstpointer a, gconstpointer b)
{
    return kette_entry_compare_place(((const Wanted *)a)->entry, ((const Wanted *)b)->entry);
}

/* Returns the missing bodies of `shown` and of its ancestors, each once, in order of place: a peer
 * that has a block has its ancestors. */
static GArray *
missing_up_to(const KetteNode *node, uint32_t peer, const GPtrArray *shown)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL); /* looked up, never walked */
    GArray *missing = g_array_new(FALSE, FALSE, sizeof(Wanted));

    for (guint i = 0; i < shown->len; i++) {
        Wanted wanted = {.entry = g_ptr_array_index(shown, i), .shown_by = peer};

        for (; !kette_chain_has_joined(node->chain, wanted.entry) &&
               g_hash_table_add(seen, (gpointer)wanted.entry);
             wanted.entry = wanted.entry->parent) {
            if (is_missing(node, wanted.entry))
                g_array_append_val(missing, wanted);
        }
    }
    g_array_sort(missing, compare_wanted);
    return missing;
}

void
kette_bodies_want_beside(KetteNode *node, uint32_t peer, const GPtrArray *shown)
{
    g_autoptr(GArray) more = missing_up_to(node, peer, shown);
    g_autoptr(GArray) old = g_steal_pointer(&node->body_sync.beside);
    GArray *merged = g_array_new(FALSE, FALSE, sizeof(Wanted));
    guint at = 0;

    for (guint i = 0; i < more->len; i++) {
        Wanted wanted = g_array_index(more, Wanted, i);
        const Wanted *next = NULL;

        for (; old != NULL && at < old->len; at++) {
            next = &g_array_index(old, Wanted, at);
            if (compare_wanted(next, &wanted) >= 0)
                break;
            g_array_append_vals(merged, next, 1);
        }
        if (old != NULL && at < old->len && next->entry == wanted.entry) {
            if (next->shown_by != KETTE_PEER_SELF)
                wanted = *next;
            at++;
        }
        g_array_append_val(merged, wanted);
    }
    if (old != NULL && at < old->len)
        g_array_append_vals(merged, &g_array_index(old, Wanted, at), old->len - at);
    node->body_sync.beside = merged;
}

/* Returns whether an entry counts towards the window: not while all that have it are busy, nor once
 * it was asked for in vain, so that what is withheld does not stand in the way of the rest. */
static bool
counts(const KetteNode *node, const Wanted *wanted)
{
    const KetteRequest *request = kette_request_find(node, KETTE_WANT_BLOCK, &wanted->entry->id);
    const KetteChoice free = {
        .also = wanted->shown_by, .except = KETTE_PEER_SELF, .most_bodies = KETTE_SYNC_PER_PEER};
    uint32_t peer;

    if (request != NULL && request->tries > 0)
        return false;
    return request != NULL ||
           kette_request_choose(node, &peer, &wanted->entry->id, wanted->entry, &free);
}

/* Returns whether the body of `entry` could join, were it here: its parent has joined, waits among
 * the orphans, or is one of `open`, which are under way or about to be. What stands on a withheld
 * block is not asked for: it would only push others out of the orphans. */
static bool
could_join(const KetteNode *node, const KetteEntry *entry, GHashTable *open)
{
    return kette_chain_has_joined(node->chain, entry->parent) ||
           g_hash_table_contains(open, entry->parent) ||
           kette_chain_knows_body(node->chain, &entry->parent->id);
}

static bool
is_anybody_free(const KetteNode *node)
{
    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (kette_peers_is_ready(node, i) && kette_peers_at(node, i)->bodies < KETTE_SYNC_PER_PEER)
            return true;
    }
    return false;
}

static bool
can_be_fetched(const KetteNode *node, const Wanted *wanted)
{
    const KetteChoice anybody = {
        .also = wanted->shown_by, .except = KETTE_PEER_SELF, .most_bodies = UINT16_MAX};
    uint32_t peer;

    return is_missing(node, wanted->entry) &&
           kette_request_choose(node, &peer, &wanted->entry->id, wanted->entry, &anybody);
}

/* Returns the entries of the list that can be asked for now, as many as there is room for among the
 * orphans, one at least. Removes those that are here, bad, or known of no ready peer any more, and
 * what stands on them; polls show them again. */
static GArray *
missing_beside(KetteNode *node)
{
    GArray *missing = g_array_new(FALSE, FALSE, sizeof(Wanted));
    g_autoptr(GHashTable) open = g_hash_table_new(NULL, NULL); /* both looked up, never walked */
    g_autoptr(GHashTable) stays = g_hash_table_new(NULL, NULL);
    guint kept = 0, at = 0, most = window(node);
    guint counted = MIN(kette_chain_orphan_count(node->chain), most - MAX(most / 4, 1));

    for (; at < node->body_sync.beside->len && counted < most; at++) {
        Wanted wanted = g_array_index(node->body_sync.beside, Wanted, at);
        bool joins = could_join(node, wanted.entry, open);

        if (joins ? !can_be_fetched(node, &wanted)
                  : !g_hash_table_contains(stays, wanted.entry->parent))
            continue;
        g_array_index(node->body_sync.beside, Wanted, kept++) = wanted;
        g_hash_table_add(stays, (gpointer)wanted.entry);
        if (!joins)
            continue;
        g_array_append_val(missing, wanted);
        if (counts(node, &wanted)) {
            counted++;
            g_hash_table_add(open, (gpointer)wanted.entry);
        }
    }
    if (kept < at)
        g_array_remove_range(node->body_sync.beside, kept, at - kept);
    if (node->body_sync.beside->len == 0)
        kette_bodies_clear(node);
    return missing;
}

/* Notes that the peer does not have the body of `entry`. */
static void
forget_shown(KetteNode *node, uint32_t peer, const KetteEntry *entry)
{
    for (guint i = 0; node->body_sync.beside != NULL && i < node->body_sync.beside->len; i++) {
        Wanted *wanted = &g_array_index(node->body_sync.beside, Wanted, i);

        if (wanted->entry == entry && wanted->shown_by == peer)
            wanted->shown_by = KETTE_PEER_SELF;
    }
}

void
kette_bodies_forget_peer(KetteNode *node, uint32_t peer)
{
    uint32_t other = peer;
    bool found = false;

    for (uint32_t i = 1; node->body_sync.beside != NULL && i < node->peer_count && !found; i++) {
        other = (peer + i) % node->peer_count;
        found = kette_peers_is_ready(node, other);
    }
    for (guint i = 0; node->body_sync.beside != NULL && i < node->body_sync.beside->len; i++) {
        Wanted *wanted = &g_array_index(node->body_sync.beside, Wanted, i);

        if (wanted->shown_by == peer)
            wanted->shown_by = found ? other : KETTE_PEER_SELF;
    }
}

const char *
kette_bodies_audit(const KetteNode *node)
{
    for (guint i = 0; node->body_sync.beside != NULL && i < node->body_sync.beside->len; i++) {
        const Wanted *wanted = &g_array_index(node->body_sync.beside, Wanted, i);

        if (wanted->shown_by != KETTE_PEER_SELF && !kette_peers_is_ready(node, wanted->shown_by))
            return "a side block is to come from a peer that is not ready";
    }
    return NULL;
}

/* --- asking ------------------------------------------------------------------------------ */

static void
ask_run(KetteNode *node, uint32_t peer, const KetteEntry *const *run, uint16_t count)
{
    KetteRange range = {run[count - 1]->id, count};

    for (uint16_t i = 0; i < count; i++) {
        KetteRequest *request = kette_request_find(node, KETTE_WANT_BLOCK, &run[i]->id);

        if (request == NULL)
            request = kette_request_add(node, KETTE_WANT_BLOCK, &run[i]->id);
        request->form = KETTE_FORM_RANGE;
        request->entry = run[i];
        kette_request_ask(node, request, peer);
    }
    kette_door_send(node, peer, kette_message_sync_request(&range));
}

/* Returns whether the run may go on with this body: it follows, and the peer is known to have it.
 */
static bool
fits_run(const KetteNode *node, const Wanted *wanted, uint32_t peer, const KetteEntry *last)
{
    return wanted->entry->parent == last && !is_under_way(node, wanted->entry) &&
           (wanted->shown_by == peer ||
            kette_request_may_have(node, peer, &wanted->entry->id, wanted->entry));
}

/* Asks for item i, and what follows it on its branch, of whoever is best; nothing while all that
 * have it are busy. */
static void
ask_from(KetteNode *node, const GArray *missing, guint i)
{
    const Wanted *wanted = &g_array_index(missing, Wanted, i);
    const KetteChoice choice = {.first = node->rotation,
                                .also = wanted->shown_by,
                                .except = KETTE_PEER_SELF,
                                .most_bodies = KETTE_SYNC_PER_PEER};
    const KetteEntry *run[KETTE_SYNC_BLOCKS_MAX] = {wanted->entry};
    uint32_t peer = 0;
    uint16_t count = 1, room;

    if (!kette_request_choose(node, &peer, &wanted->entry->id, wanted->entry, &choice))
        return;
    room = (uint16_t)MIN(KETTE_SYNC_PER_PEER - kette_peers_at(node, peer)->bodies,
                         KETTE_SYNC_BLOCKS_MAX);
    for (i++; i < missing->len && count < room; i++) {
        wanted = &g_array_index(missing, Wanted, i);
        if (fits_run(node, wanted, peer, run[count - 1]))
            run[count++] = wanted->entry;
    }
    ask_run(node, peer, run, count);
}

static void
ask_for(KetteNode *node, const GArray *missing)
{
    for (guint i = 0; i < missing->len; i++) {
        if (!is_under_way(node, g_array_index(missing, Wanted, i).entry))
            ask_from(node, missing, i);
    }
}

/* Ends the rows that nobody is asked for: the body is no longer wanted, or no peer has it. */
static void
end_idle(KetteNode *node)
{
    for (uint32_t i = kette_request_count(node); i-- > 0;) {
        if (kette_request_at(node, i)->asked == KETTE_PEER_SELF)
            kette_request_end(node, kette_request_at(node, i));
    }
}

void
kette_bodies_schedule(KetteNode *node)
{
    g_autoptr(GPtrArray) best = kette_chain_needs_side_blocks(node->chain) ? NULL : targets(node);

    for (guint i = 0; best != NULL && i < best->len; i++) {
        g_autoptr(GArray) missing = missing_below(node, g_ptr_array_index(best, i));

        ask_for(node, missing);
    }
    if (node->body_sync.beside != NULL && is_anybody_free(node)) {
        g_autoptr(GArray) missing = missing_beside(node);

        ask_for(node, missing);
    }
    end_idle(node);
}

void
kette_bodies_move_on(KetteNode *node, KetteRequest *request)
{
    kette_request_set_idle(node, request);
    node->unsettled |= KETTE_UNSETTLED_BODIES;
}

/* --- answers ----------------------------------------------------------------------------- */

/* Returns whether the row is of the range that this peer was asked for and that `last` ends. */
static bool
is_of_range(const KetteRequest *request, uint32_t peer, const KetteEntry *last)
{
    return request->form == KETTE_FORM_RANGE && request->asked == peer &&
           kette_entry_is_ancestor(request->entry, last) &&
           last->height - request->entry->height < KETTE_SYNC_BLOCKS_MAX;
}

/* Passes the bodies that the peer was asked for and did not send to another peer. An answer with
 * some of them leaves it a candidate for the rest; an empty one does not. */
static void
give_up_rest(KetteNode *node, uint32_t peer, const KetteEntry *last, bool has_some)
{
    for (uint32_t i = 0; i < kette_request_count(node); i++) {
        KetteRequest *request = kette_request_at(node, i);

        if (!is_of_range(request, peer, last))
            continue;
        if (!has_some) {
            kette_known_forget(&node->known, peer, &request->id);
            kette_best_lower(node, peer, request->entry);
            forget_shown(node, peer, request->entry);
        }
        kette_bodies_move_on(node, request);
    }
}

void
kette_bodies_on_response(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteEntry *last = kette_chain_find(node->chain, &message->bodies.range.last);
    uint16_t wanted = 0;

    for (uint16_t i = 0; i < message->bodies.range.count; i++) {
        KetteBlock *block = message->bodies.blocks[i];
        KetteRequest *request = kette_request_find(node, KETTE_WANT_BLOCK, &block->id);

        /* Bodies nobody asked for are not taken this way. */
        if (request == NULL || kette_chain_find(node->chain, &block->id) == NULL)
            continue;
        if (wanted++ == 0)
            kette_request_answered(node, request, peer);
        kette_known_learn(&node->known, peer, &block->id, node->now_ns);
        kette_event_body_came(node, peer, block);
    }
    if (last != NULL)
        give_up_rest(node, peer, last, wanted > 0);
    node->unsettled |= KETTE_UNSETTLED_BODIES;
}
