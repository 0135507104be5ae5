/* Flood relay: announcements, their acknowledgements and retries.
 *
 * An announcement goes to every ready peer not known to have its id. Where links lose messages
 * (config.ack) it stays on a list until all have acknowledged it, by an ACK or by sending the same
 * thing themselves, and is repeated after the request time-out, then twice that, then four times.
 * After KETTE_ANNOUNCE_RETRIES tip polling has to carry a block. Nothing carries a transaction, so
 * a peer that did not acknowledge one, or is new, is told the mempool once it is heard.
 */
#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/node/node_impl.h"

static void
announcement_free(gpointer data)
{
    KetteAnnouncement *announcement = data;

    kette_message_unref(announcement->message);
    g_array_unref(announcement->waiting);
    g_free(announcement);
}

void
kette_relay_clear(KetteNode *node)
{
    g_clear_pointer(&node->announced, g_ptr_array_unref);
}

/* Sets the one timer to the earliest retry. */
static void
arm(KetteNode *node)
{
    int64_t first = INT64_MAX;

    for (guint i = 0; node->announced != NULL && i < node->announced->len; i++) {
        const KetteAnnouncement *a = g_ptr_array_index(node->announced, i);

        first = MIN(first, a->retry_ns);
    }
    if (first == INT64_MAX)
        node->host.cancel_timer(node->host.user, KETTE_TIMER_ANNOUNCE);
    else
        node->host.set_timer(node->host.user, KETTE_TIMER_ANNOUNCE, MAX(first - node->now_ns, 1));
}

/* Others may have their turn. */
static void
end_catch_up(KetteNode *node, uint32_t peer)
{
    if (node->catch_up.peer == peer)
        node->catch_up.peer = KETTE_PEER_SELF;
}

static bool
is_of_transaction(const KetteMessage *message)
{
    return message->kind == KETTE_MSG_NEW_TRANSACTION ||
           (message->kind == KETTE_MSG_INVENTORY &&
            message->inventory.kind == KETTE_MSG_NEW_TRANSACTION);
}

/* Whoever never answered does not have it: a later announcement goes there again. For a block polls
 * and sync see to that; transactions are announced again once the peer is heard. */
static void
give_up(KetteNode *node, KetteAnnouncement *announcement)
{
    for (guint i = 0; i < announcement->waiting->len; i++) {
        uint32_t peer = g_array_index(announcement->waiting, uint32_t, i);

        kette_known_forget(&node->known, peer, &announcement->id);
        if (!is_of_transaction(announcement->message))
            continue;
        node->peers[peer].behind = true;
        end_catch_up(node, peer);
    }
    g_array_set_size(announcement->waiting, 0);
}

static void
keep_for_retry(KetteNode *node, KetteMessage *message, const KetteHash *id, GArray *waiting)
{
    KetteAnnouncement *announcement = g_new0(KetteAnnouncement, 1);

    announcement->message = kette_message_ref(message);
    announcement->id = *id;
    announcement->retry_ns = node->now_ns + node->config.request_timeout_ns;
    announcement->waiting = g_array_ref(waiting);
    if (node->announced == NULL)
        node->announced = g_ptr_array_new_with_free_func(announcement_free);
    if (node->announced->len == KETTE_ANNOUNCE_MAX) {
        give_up(node, g_ptr_array_index(node->announced, 0));
        g_ptr_array_remove_index(node->announced, 0);
    }
    g_ptr_array_add(node->announced, announcement);
    arm(node);
}

void
kette_relay_announce(KetteNode *node, KetteMessage *message, const KetteHash *id)
{
    g_autoptr(GArray) waiting = NULL;

    if (node->config.ack)
        waiting = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t first = 0; first < node->peer_count; first += 64) {
        uint64_t ready = kette_node_ready_bits(node, first);
        uint64_t told = kette_known_learn_all(&node->known, first / 64, ready, id, node->now_ns);

        for (; told != 0; told &= told - 1) {
            uint32_t peer = first + (uint32_t)__builtin_ctzll(told);

            kette_node_send(node, peer, kette_message_ref(message));
            if (waiting != NULL)
                g_array_append_val(waiting, peer);
        }
    }
    if (waiting != NULL && waiting->len > 0)
        keep_for_retry(node, message, id, waiting);
}

/* --- a peer that may lack some of the mempool --------------------------------------------- */

typedef struct {
    KetteNode *node;
    uint32_t room; /* for so many more */
} Telling;

static bool
is_told(const KetteCatchUp *catch_up, const KetteTx *tx)
{
    int order = kette_address_compare(&tx->from, &catch_up->sender);

    return catch_up->has_begun && (order < 0 || (order == 0 && tx->nonce <= catch_up->nonce));
}

static void
announce_to(KetteNode *node, uint32_t peer, KetteTx *tx)
{
    g_autoptr(GArray) waiting = NULL;
    g_autoptr(KetteMessage) message = kette_node_announcement_of(node, tx);

    kette_known_learn(&node->known, peer, &tx->id, node->now_ns);
    kette_node_send(node, peer, kette_message_ref(message));
    if (!node->config.ack)
        return;
    waiting = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(waiting, peer);
    keep_for_retry(node, message, &tx->id, waiting);
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
    announce_to(telling->node, catch_up->peer, tx);
}

/* Announces the mempool to a peer that may lack some of it. The walk goes on where it stopped with
 * each message that the peer sends, at most KETTE_CATCH_UP_MAX payments a time, so that other
 * announcements have room. One peer is served at a time. */
void
kette_relay_catch_up(KetteNode *node, uint32_t peer)
{
    Telling telling = {node, KETTE_CATCH_UP_MAX};

    if (node->announced != NULL && node->announced->len > KETTE_ANNOUNCE_MAX / 2)
        return;
    if (node->catch_up.peer == KETTE_PEER_SELF)
        node->catch_up = (KetteCatchUp){.peer = peer};
    if (node->catch_up.peer != peer)
        return;
    kette_mempool_each(node->mempool, tell, &telling);
    if (telling.room == 0)
        return;
    node->peers[peer].behind = false;
    node->catch_up.peer = KETTE_PEER_SELF;
}

static bool
stop_waiting(KetteAnnouncement *announcement, uint32_t peer)
{
    for (guint i = 0; i < announcement->waiting->len; i++) {
        if (g_array_index(announcement->waiting, uint32_t, i) == peer) {
            g_array_remove_index(announcement->waiting, i);
            return true;
        }
    }
    return false;
}

static void
drop_finished(KetteNode *node)
{
    for (guint i = 0; node->announced != NULL && i < node->announced->len;) {
        const KetteAnnouncement *a = g_ptr_array_index(node->announced, i);

        if (a->waiting->len == 0)
            g_ptr_array_remove_index(node->announced, i);
        else
            i++;
    }
    if (node->announced != NULL && node->announced->len == 0)
        kette_relay_clear(node);
    arm(node);
}

bool
kette_relay_acknowledged(KetteNode *node, uint32_t peer, const KetteHash *id)
{
    for (guint i = 0; node->announced != NULL && i < node->announced->len; i++) {
        KetteAnnouncement *a = g_ptr_array_index(node->announced, i);

        if (kette_hash_equal(&a->id, id) && stop_waiting(a, peer)) {
            if (a->waiting->len == 0)
                drop_finished(node);
            return true;
        }
    }
    return false;
}

void
kette_relay_forget_peer(KetteNode *node, uint32_t peer)
{
    end_catch_up(node, peer);
    for (guint i = 0; node->announced != NULL && i < node->announced->len; i++)
        stop_waiting(g_ptr_array_index(node->announced, i), peer);
    if (node->announced != NULL)
        drop_finished(node);
}

static void
repeat(KetteNode *node, KetteAnnouncement *announcement)
{
    if (announcement->tries == KETTE_ANNOUNCE_RETRIES) {
        give_up(node, announcement);
        return;
    }
    announcement->tries++;
    announcement->retry_ns =
        node->now_ns + (node->config.request_timeout_ns << announcement->tries);
    for (guint i = 0; i < announcement->waiting->len; i++)
        kette_node_send(node, g_array_index(announcement->waiting, uint32_t, i),
                        kette_message_ref(announcement->message));
}

void
kette_relay_timer(KetteNode *node)
{
    for (guint i = 0; node->announced != NULL && i < node->announced->len; i++) {
        KetteAnnouncement *a = g_ptr_array_index(node->announced, i);

        if (a->retry_ns <= node->now_ns)
            repeat(node, a);
    }
    drop_finished(node);
}
