/* Tip polling and chain sync: headers by locator, then bodies by range from several peers.
 *
 * Each peer's `best` is the heaviest header it has shown. Whenever one of them beats our tip, the
 * bodies missing below it are asked for, oldest first, in runs of up to KETTE_SYNC_BLOCKS_MAX, at
 * most KETTE_SYNC_PER_PEER of one peer and KETTE_SYNC_WINDOW in all, of peers that have shown the
 * header. A body under way is not asked for twice; a request that times out is freed and goes to
 * the next peer in rotation that can have it, with twice the time (KETTE_REQUEST_DOUBLINGS), so
 * that links too slow for the time-out are not filled with the same bodies. An answer without the
 * body is no time-out. Questions for headers keep their time: they are small, go to another peer
 * each time, and while one is open its peer is not asked again, not even after a cut has healed.
 */
#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/node/node_impl.h"

/* A response carries at least one block and then no more than this. */
#define RESPONSE_BYTES (1u << 20)

void
kette_sync_clear(KetteNode *node)
{
    g_clear_pointer(&node->body_requests, g_array_unref);
    g_clear_pointer(&node->chain_requests, g_array_unref);
    g_clear_pointer(&node->late, g_array_unref);
}

static bool
outweighs(const KetteNode *node, const KetteEntry *a, const KetteEntry *b)
{
    return kette_chain_outweighs(node->chain, a, b);
}

void
kette_sync_arm(KetteNode *node)
{
    int64_t first = kette_fetch_deadline(node);

    for (guint i = 0; node->body_requests != NULL && i < node->body_requests->len; i++)
        first = MIN(first, g_array_index(node->body_requests, KetteBodyRequest, i).deadline_ns);
    for (guint i = 0; node->chain_requests != NULL && i < node->chain_requests->len; i++)
        first = MIN(first, g_array_index(node->chain_requests, KetteChainRequest, i).deadline_ns);
    if (first == node->request_due_ns && first > node->now_ns)
        return; /* while one that is due now and has not rung is set again, a nanosecond on */
    node->request_due_ns = first;
    if (first == INT64_MAX)
        node->host.cancel_timer(node->host.user, KETTE_TIMER_REQUEST);
    else
        node->host.set_timer(node->host.user, KETTE_TIMER_REQUEST, MAX(first - node->now_ns, 1));
}

static GPtrArray *targets(const KetteNode *node);

/* --- headers ----------------------------------------------------------------------------- */

/* The ready peer that follows *at in rotation, other than `except`; false when there is none. */
static bool
next_ready(const KetteNode *node, uint32_t *at, uint32_t except)
{
    for (uint32_t i = 0; i < node->peer_count; i++) {
        uint32_t peer = (*at + i) % node->peer_count;

        if (peer != except && kette_node_is_ready(node, peer)) {
            *at = peer;
            return true;
        }
    }
    return false;
}

/* Asks for what follows `from` (or its ancestors). One question a peer at a time. */
void
kette_sync_ask_chain(KetteNode *node, uint32_t peer, const KetteEntry *from)
{
    KetteChainRequest request = {peer, kette_node_deadline(node, 0)};
    KettePeer *p = kette_node_peer(node, peer);

    if (p == NULL || p->state != KETTE_PEER_READY || p->chain_asked)
        return;
    p->chain_asked = true;
    if (node->chain_requests == NULL)
        node->chain_requests = g_array_new(FALSE, FALSE, sizeof(KetteChainRequest));
    g_array_append_val(node->chain_requests, request);
    kette_node_send(node, peer, kette_mint_request_chain(node->host.mint, from));
    kette_sync_arm(node);
}

void
kette_sync_poll(KetteNode *node)
{
    if (next_ready(node, &node->poll_next, UINT32_MAX)) {
        kette_sync_ask_chain(node, node->poll_next, kette_chain_tip(node->chain));
        node->poll_next++;
    }
}

/* Takes the chain request of `peer` off the list; false when there was none. */
static bool
finish_chain_request(KetteNode *node, uint32_t peer)
{
    for (guint i = 0; node->chain_requests != NULL && i < node->chain_requests->len; i++) {
        if (g_array_index(node->chain_requests, KetteChainRequest, i).peer != peer)
            continue;
        g_array_remove_index(node->chain_requests, i); /* kept when empty: each poll needs it */
        node->peers[peer].chain_asked = false;
        kette_sync_arm(node);
        return true;
    }
    return false;
}

/* What follows `fork` on the active chain and, under ghost, the blocks beside it. */
static GArray *
headers_above(const KetteNode *node, const KetteEntry *fork)
{
    const KetteEntry *tip = kette_chain_tip(node->chain), *entry;
    guint count = (guint)MIN(tip->height - fork->height, KETTE_HEADERS_MAX);
    GArray *headers = g_array_sized_new(FALSE, FALSE, sizeof(KetteHeader), count);
    g_autoptr(GPtrArray) side = NULL;

    g_array_set_size(headers, count);
    entry = kette_entry_ancestor(tip, fork->height + count);
    for (guint i = count; i-- > 0; entry = entry->parent)
        g_array_index(headers, KetteHeader, i) = entry->header;
    if (!kette_node_is_ghost(node) || count == KETTE_HEADERS_MAX)
        return headers;
    /* One short of a full answer, which would ask for more of the chain. */
    entry = kette_entry_ancestor(fork, fork->height - MIN(fork->height, KETTE_GHOST_SIDE_DEPTH));
    side = kette_chain_side_blocks(node->chain, entry, KETTE_HEADERS_MAX - 1 - count);
    for (guint i = 0; i < side->len; i++)
        g_array_append_vals(headers, &((const KetteEntry *)g_ptr_array_index(side, i))->header, 1);
    return headers;
}

void
kette_sync_on_request_chain(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteEntry *fork =
        kette_chain_find_fork(node->chain, message->locator.hashes, message->locator.count);
    g_autoptr(GArray) headers = NULL;

    if (fork == kette_chain_tip(node->chain) && !kette_node_is_ghost(node)) {
        kette_node_send(node, peer, kette_mint_nothing_follows(node->host.mint));
        return;
    }
    headers = headers_above(node, fork);
    kette_node_send(
        node, peer,
        kette_message_response_chain((const KetteHeader *)headers->data, (uint16_t)headers->len));
}

/* A peer's best is raised by any header that it shows and that this node accepts. */
static void
raise_best(KetteNode *node, uint32_t peer, const KetteEntry *entry)
{
    KettePeer *p = &node->peers[peer];

    if (p->best == NULL || outweighs(node, entry, p->best))
        p->best = entry;
}

/* A refused header, and whether its sender is to blame. */
static void
refuse_header(KetteNode *node, uint32_t peer, const KetteHash *id, KetteVerdict verdict)
{
    kette_node_note(
        node, &(KetteNote){.kind = KETTE_NOTE_REFUSED, .peer = peer, .id = id, .verdict = verdict});
    if (verdict == KETTE_UNKNOWN_PARENT)
        kette_node_misbehaved(node, peer, KETTE_MISCONDUCT_UNCONNECTED_HEADERS);
    else if (kette_verdict_class(verdict) == KETTE_CLASS_INVALID)
        kette_node_misbehaved(node, peer, KETTE_MISCONDUCT_INVALID_HEADER);
}

/* Headers cost their sender no more than their work; those that lead to nothing heavier than our
 * tip are counted, so that what a peer can make us hold is bounded. The count falls with time
 * alone: a heavy header shown in between pays for its own ancestors and for nothing else. */
static void
count_unpaid(KetteNode *node, uint32_t peer, const GPtrArray *fresh)
{
    const KetteEntry *best = node->peers[peer].best;
    bool pays = best != NULL && outweighs(node, best, kette_chain_tip(node->chain));
    uint32_t unpaid = 0;

    for (guint i = 0; i < fresh->len; i++)
        unpaid += !pays || !kette_entry_is_ancestor(g_ptr_array_index(fresh, i), best);
    kette_node_unpaid_headers(node, peer, unpaid);
}

/* Under ghost a body is worth having though its chain does not win: those that the sync does not
 * fetch are asked for one by one. */
static void
want_beside(KetteNode *node, uint32_t peer, const GPtrArray *shown)
{
    g_autoptr(GPtrArray) best = targets(node);

    for (guint i = 0; i < shown->len; i++) {
        const KetteEntry *entry = g_ptr_array_index(shown, i);
        bool synced = kette_chain_knows_body(node->chain, &entry->id) ||
                      !kette_chain_wants(node->chain, entry);

        for (guint k = 0; k < best->len && !synced; k++)
            synced = kette_entry_is_ancestor(entry, g_ptr_array_index(best, k));
        if (!synced)
            kette_fetch_want(node, peer, KETTE_MSG_NEW_BLOCK, &entry->id);
    }
    kette_sync_arm(node);
}

/* Takes in the headers up to the first that cannot be, and says which of them are new. One that is
 * refused by policy (below a final block) is passed over, one that is not yet due ends the walk;
 * what came before either stands. */
static void
take_headers(KetteNode *node, uint32_t peer, const KetteMessage *message, GPtrArray *shown,
             GPtrArray *fresh)
{
    const KetteStore *store = kette_chain_store(node->chain);

    for (uint16_t i = 0; i < message->chain.count; i++) {
        const KetteHeader *header = &message->chain.headers[i];
        const KetteEntry *entry = NULL;
        KetteHash id = kette_store_header_id(store, header);
        bool known = kette_chain_find(node->chain, &id) != NULL;
        KetteVerdict verdict =
            kette_chain_add_header(node->chain, &entry, header, &id, node->now_ns);

        if (kette_verdict_class(verdict) == KETTE_CLASS_REFUSED)
            continue;
        if (verdict != KETTE_OK) {
            if (entry != NULL)
                kette_log_verdict(node, entry);
            refuse_header(node, peer, &id, verdict);
            return;
        }
        if (!known) {
            g_ptr_array_add(fresh, (gpointer)entry);
            kette_node_note(node,
                            &(KetteNote){.kind = KETTE_NOTE_HEADER, .peer = peer, .entry = entry});
        }
        raise_best(node, peer, entry);
        g_ptr_array_add(shown, (gpointer)entry);
    }
}

void
kette_sync_on_response_chain(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    g_autoptr(GPtrArray) shown = g_ptr_array_new(), fresh = g_ptr_array_new();

    if (!finish_chain_request(node, peer))
        return; /* not asked for */
    take_headers(node, peer, message, shown, fresh);
    count_unpaid(node, peer, fresh);
    /* A full answer that brought something new has a continuation. */
    if (message->chain.count == KETTE_HEADERS_MAX && shown->len == KETTE_HEADERS_MAX &&
        fresh->len > 0)
        kette_sync_ask_chain(node, peer, g_ptr_array_index(shown, shown->len - 1));
    kette_sync_schedule(node);
    if (kette_node_is_ghost(node))
        want_beside(node, peer, shown);
}

/* --- bodies ------------------------------------------------------------------------------ */

bool
kette_sync_is_requested(const KetteNode *node, const KetteEntry *entry)
{
    for (guint i = 0; node->body_requests != NULL && i < node->body_requests->len; i++) {
        if (g_array_index(node->body_requests, KetteBodyRequest, i).entry == entry)
            return true;
    }
    return false;
}

/* Asked for here, or by id. */
static bool
is_under_way(const KetteNode *node, const KetteEntry *entry)
{
    return kette_sync_is_requested(node, entry) || kette_fetch_is_asked(node, &entry->id);
}

/* Drops request i; what it held of its peer is freed. */
static void
drop_request(KetteNode *node, guint i)
{
    const KetteBodyRequest *request = &g_array_index(node->body_requests, KetteBodyRequest, i);

    node->peers[request->peer].bodies--;
    g_array_remove_index(node->body_requests, i);
}

/* --- how late ---------------------------------------------------------------------------- */

static KetteLate *
find_late(const KetteNode *node, const KetteEntry *entry)
{
    for (guint i = 0; node->late != NULL && i < node->late->len; i++) {
        KetteLate *late = &g_array_index(node->late, KetteLate, i);

        if (late->entry == entry)
            return late;
    }
    return NULL;
}

static void
count_late(KetteNode *node, const KetteEntry *entry)
{
    KetteLate *late = find_late(node, entry), first = {entry, 1};

    if (late != NULL) {
        late->late = MIN(late->late + 1, KETTE_REQUEST_DOUBLINGS);
        return;
    }
    if (node->late == NULL)
        node->late = g_array_new(FALSE, FALSE, sizeof(KetteLate));
    if (node->late->len == KETTE_LATE_MAX)
        g_array_remove_index(node->late, 0);
    g_array_append_val(node->late, first);
}

static void
forget_late(KetteNode *node, const KetteEntry *entry)
{
    KetteLate *late = find_late(node, entry);

    if (late == NULL)
        return;
    g_array_remove_index(node->late, (guint)(late - &g_array_index(node->late, KetteLate, 0)));
    if (node->late->len == 0)
        g_clear_pointer(&node->late, g_array_unref);
}

void
kette_sync_got_body(KetteNode *node, const KetteEntry *entry)
{
    forget_late(node, entry);
    for (guint i = 0; node->body_requests != NULL && i < node->body_requests->len; i++) {
        if (g_array_index(node->body_requests, KetteBodyRequest, i).entry == entry) {
            drop_request(node, i);
            kette_sync_arm(node);
            return;
        }
    }
}

/* The headers worth fetching up to: what ready peers have shown that beats our tip, the heaviest
 * first, each once. Looking at all of them keeps one peer that shows a heavy branch and withholds
 * its bodies, or one whose branch is parked, from standing in the way of the others'. */
static GPtrArray *
targets(const KetteNode *node)
{
    GPtrArray *found = g_ptr_array_new();
    const KetteEntry *tip = kette_chain_tip(node->chain);

    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KetteEntry *shown = node->peers[i].best;
        guint at = 0;

        if (!kette_node_is_ready(node, i) || shown == NULL || !outweighs(node, shown, tip) ||
            g_ptr_array_find(found, shown, NULL) || !kette_chain_wants(node->chain, shown))
            continue;
        while (at < found->len && !outweighs(node, shown, g_ptr_array_index(found, at)))
            at++;
        g_ptr_array_insert(found, (gint)at, (gpointer)shown);
    }
    return found;
}

/* The bodies missing below `best`, oldest first, at most KETTE_SYNC_WINDOW. */
static GPtrArray *
missing_bodies(const KetteNode *node, const KetteEntry *best)
{
    GPtrArray *missing = g_ptr_array_new();
    uint64_t low = kette_chain_last_joined(node->chain, best)->height;
    /* What comes out of order waits in the orphan pool: never more than a peer's share of it. */
    uint64_t window =
        MIN(KETTE_SYNC_WINDOW, MAX(node->config.orphan_limit / KETTE_ORPHANS_PER_PEER_DIVISOR, 1));
    uint64_t high = MIN(best->height, low + window);

    for (uint64_t height = low + 1; height <= high; height++) {
        const KetteEntry *entry = kette_entry_ancestor(best, height);

        if (!kette_chain_knows_body(node->chain, &entry->id))
            g_ptr_array_add(missing, (gpointer)entry);
    }
    return missing;
}

/* The least busy ready peer that has shown `entry`; ties go round. */
static bool
pick_peer(const KetteNode *node, uint32_t *ret_peer, const KetteEntry *entry, uint32_t except)
{
    bool found = false;

    for (uint32_t i = 0; i < node->peer_count; i++) {
        uint32_t peer = (node->poll_next + i) % node->peer_count;
        const KettePeer *p = &node->peers[peer];

        if (peer == except || !kette_node_is_ready(node, peer) || p->best == NULL ||
            p->bodies >= KETTE_SYNC_PER_PEER || !kette_entry_is_ancestor(entry, p->best))
            continue;
        if (!found || p->bodies < node->peers[*ret_peer].bodies) {
            *ret_peer = peer;
            found = true;
        }
    }
    return found;
}

static void
ask_bodies(KetteNode *node, uint32_t peer, const KetteEntry *const *run, uint16_t count)
{
    KetteRange range = {run[count - 1]->id, count};

    if (node->body_requests == NULL)
        node->body_requests = g_array_new(FALSE, FALSE, sizeof(KetteBodyRequest));
    for (uint16_t i = 0; i < count; i++) {
        const KetteLate *late = find_late(node, run[i]);
        KetteBodyRequest request = {run[i], peer, kette_node_deadline(node, late ? late->late : 0)};

        g_array_append_val(node->body_requests, request);
    }
    node->peers[peer].bodies += count;
    kette_node_send(node, peer, kette_message_sync_request(&range));
}

/* Asks for what is missing below one target, run by run. */
static void
fetch_below(KetteNode *node, const KetteEntry *best, uint32_t except)
{
    g_autoptr(GPtrArray) missing = missing_bodies(node, best);

    for (guint i = 0; i < missing->len;) {
        const KetteEntry *first = g_ptr_array_index(missing, i);
        const KetteEntry *run[KETTE_SYNC_BLOCKS_MAX];
        uint32_t peer = 0;
        uint16_t count = 0, room;

        if (is_under_way(node, first)) {
            i++;
            continue;
        }
        if (!pick_peer(node, &peer, first, except))
            return;
        room = (uint16_t)MIN(KETTE_SYNC_PER_PEER - node->peers[peer].bodies, KETTE_SYNC_BLOCKS_MAX);
        while (i < missing->len && count < room) {
            const KetteEntry *entry = g_ptr_array_index(missing, i);

            if (is_under_way(node, entry) || (count > 0 && entry->parent != run[count - 1]) ||
                !kette_entry_is_ancestor(entry, node->peers[peer].best))
                break;
            run[count++] = entry;
            i++;
        }
        ask_bodies(node, peer, run, count);
    }
}

/* Whether there may be a target at all. */
static bool
is_shown_more(const KetteNode *node)
{
    const KetteEntry *tip = kette_chain_tip(node->chain);

    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KetteEntry *shown = node->peers[i].best;

        if (shown != NULL && shown != tip && outweighs(node, shown, tip))
            return true;
    }
    return false;
}

static void
schedule(KetteNode *node, uint32_t except)
{
    g_autoptr(GPtrArray) best = is_shown_more(node) ? targets(node) : NULL;

    for (guint i = 0; best != NULL && i < best->len; i++) {
        if (node->body_requests == NULL || node->body_requests->len < KETTE_SYNC_WINDOW)
            fetch_below(node, g_ptr_array_index(best, i), except);
    }
    kette_sync_arm(node);
}

void
kette_sync_schedule(KetteNode *node)
{
    schedule(node, UINT32_MAX);
}

void
kette_sync_on_request_bodies(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteEntry *last = kette_chain_find(node->chain, &message->range.last);
    KetteBlock *blocks[KETTE_SYNC_BLOCKS_MAX];
    uint16_t count = 0;
    size_t bytes = 0;

    if (last != NULL && message->range.count > 0 && message->range.count <= last->height) {
        for (uint16_t i = 0; i < message->range.count; i++) {
            const KetteEntry *entry =
                kette_entry_ancestor(last, last->height - message->range.count + 1 + i);

            if (!kette_chain_has_joined(node->chain, entry))
                break;
            bytes += kette_block_bytes(entry->block);
            if (count > 0 && bytes > RESPONSE_BYTES)
                break;
            blocks[count++] = entry->block;
        }
    }
    kette_node_send(node, peer, kette_message_sync_response(&message->range.last, blocks, count));
}

/* What a peer was asked for and did not send goes to another one. */
static void
free_unanswered(KetteNode *node, uint32_t peer, const KetteEntry *last)
{
    for (guint i = 0; node->body_requests != NULL && i < node->body_requests->len;) {
        const KetteBodyRequest *request = &g_array_index(node->body_requests, KetteBodyRequest, i);

        if (request->peer == peer && kette_entry_is_ancestor(request->entry, last) &&
            last->height - request->entry->height < KETTE_SYNC_BLOCKS_MAX)
            drop_request(node, i);
        else
            i++;
    }
}

void
kette_sync_on_response_bodies(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteEntry *last = kette_chain_find(node->chain, &message->bodies.range.last);
    uint16_t wanted = 0;

    for (uint16_t i = 0; i < message->bodies.range.count; i++) {
        KetteBlock *block = message->bodies.blocks[i];
        const KetteEntry *entry = kette_chain_find(node->chain, &block->id);

        /* Bodies nobody asked for are not taken this way. */
        if (entry == NULL || !kette_sync_is_requested(node, entry))
            continue;
        wanted++;
        kette_sync_got_body(node, entry);
        kette_known_learn(&node->known, peer, &block->id, node->now_ns);
        kette_node_accept_block(node, block, peer);
    }
    if (last != NULL)
        free_unanswered(node, peer, last);
    /* Whoever sent nothing of use is not asked again at once. */
    if (wanted > 0)
        kette_sync_schedule(node);
    else
        schedule(node, peer);
}

/* --- time-outs and departures ------------------------------------------------------------ */

void
kette_sync_forget_peer(KetteNode *node, uint32_t peer)
{
    finish_chain_request(node, peer);
    for (guint i = 0; node->body_requests != NULL && i < node->body_requests->len;) {
        if (g_array_index(node->body_requests, KetteBodyRequest, i).peer == peer)
            drop_request(node, i);
        else
            i++;
    }
}

static void
expire_chain_requests(KetteNode *node)
{
    for (guint i = 0; node->chain_requests != NULL && i < node->chain_requests->len;) {
        KetteChainRequest request = g_array_index(node->chain_requests, KetteChainRequest, i);
        uint32_t other = request.peer + 1;

        if (request.deadline_ns > node->now_ns) {
            i++;
            continue;
        }
        finish_chain_request(node, request.peer);
        /* Another peer is asked; with no other, the next poll comes round. */
        if (node->peer_count > 0 && next_ready(node, &other, request.peer))
            kette_sync_ask_chain(node, other, kette_chain_tip(node->chain));
    }
}

void
kette_sync_timer(KetteNode *node)
{
    uint32_t late = UINT32_MAX;

    expire_chain_requests(node);
    kette_fetch_timer(node);
    for (guint i = 0; node->body_requests != NULL && i < node->body_requests->len;) {
        const KetteBodyRequest *request = &g_array_index(node->body_requests, KetteBodyRequest, i);

        if (request->deadline_ns > node->now_ns) {
            i++;
            continue;
        }
        late = request->peer;
        count_late(node, request->entry);
        drop_request(node, i);
    }
    if (late != UINT32_MAX) {
        schedule(node, late);      /* others first, */
        kette_sync_schedule(node); /* then whoever is left */
    }
    kette_sync_arm(node);
}
