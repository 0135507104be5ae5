/* Announcements, their acknowledgements and retries; see relay.h. */
#include "core/node/relay.h"

#include "core/base/limits.h"
#include "core/node/compact.h"
#include "core/node/node_impl.h"

/* A block or payment that some peers have not acknowledged yet. */
typedef struct {
    KetteMessage *message; /* owned */
    KetteHash id;
    int64_t retry_ns;
    unsigned tries;
    GArray *waiting; /* uint32_t: peers */
} Announcement;

static void
announcement_free(gpointer data)
{
    Announcement *announcement = data;

    kette_message_unref(announcement->message);
    g_array_unref(announcement->waiting);
    g_free(announcement);
}

void
kette_relay_clear(KetteNode *node)
{
    g_clear_pointer(&node->relay.announced, g_ptr_array_unref);
    g_clear_pointer(&node->relay.compact, kette_message_unref);
}

KetteMessage *
kette_relay_compact(KetteNode *node, const KetteBlock *block)
{
    KetteRelayState *relay = &node->relay;

    if (relay->compact == NULL || !kette_hash_equal(&relay->compact_id, &block->id)) {
        KetteMessage *message = kette_compact_message(
            kette_store_hasher(kette_chain_store(node->chain)), block, kette_door_random(node));

        kette_message_unref(relay->compact);
        relay->compact = message;
        relay->compact_id = block->id;
    }
    return kette_message_ref(relay->compact);
}

uint32_t
kette_relay_open(const KetteNode *node)
{
    return node->relay.announced != NULL ? node->relay.announced->len : 0;
}

static Announcement *
announcement_at(const KetteNode *node, uint32_t i)
{
    return g_ptr_array_index(node->relay.announced, i);
}

/* Sets the timer to the earliest retry. */
static void
arm(KetteNode *node)
{
    int64_t first = INT64_MAX;

    for (uint32_t i = 0; i < kette_relay_open(node); i++)
        first = MIN(first, announcement_at(node, i)->retry_ns);
    kette_door_set_timer(node, KETTE_TIMER_ANNOUNCE, first);
}

/* --- announcing ---------------------------------------------------------------------------- */

static bool
is_of_payment(const KetteMessage *message)
{
    return message->kind == KETTE_MSG_NEW_TRANSACTION ||
           (message->kind == KETTE_MSG_INVENTORY &&
            message->inventory.kind == KETTE_MSG_NEW_TRANSACTION);
}

/* Forgets that the waiting peers were told: a peer that never answered does not have the thing, so
 * a later announcement goes there again. For a block polls and sync see to that; a payment must be
 * told again. */
static void
give_up(KetteNode *node, Announcement *announcement)
{
    for (guint i = 0; i < announcement->waiting->len; i++) {
        uint32_t peer = g_array_index(announcement->waiting, uint32_t, i);

        kette_known_forget(&node->known, peer, &announcement->id);
        if (is_of_payment(announcement->message))
            kette_event_payment_untold(node, peer);
    }
    g_array_set_size(announcement->waiting, 0);
}

static void
keep_for_retry(KetteNode *node, KetteMessage *message, const KetteHash *id, GArray *waiting)
{
    Announcement *announcement = g_new0(Announcement, 1);

    announcement->message = kette_message_ref(message);
    announcement->id = *id;
    announcement->retry_ns = node->now_ns + node->config.request_timeout_ns;
    announcement->waiting = g_array_ref(waiting);
    if (node->relay.announced == NULL)
        node->relay.announced = g_ptr_array_new_with_free_func(announcement_free);
    if (kette_relay_open(node) == KETTE_ANNOUNCE_MAX) {
        give_up(node, announcement_at(node, 0));
        g_ptr_array_remove_index(node->relay.announced, 0);
    }
    g_ptr_array_add(node->relay.announced, announcement);
    arm(node);
}

/* Sends the message to all who are not known to have the thing; peers that want compact blocks get
 * `block` so, unless it is NULL. */
static void
announce(KetteNode *node, KetteMessage *message, const KetteHash *id, const KetteBlock *block)
{
    g_autoptr(GArray) waiting = NULL;

    if (node->config.ack)
        waiting = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t first = 0; first < node->peer_count; first += 64) {
        uint64_t ready = kette_peers_ready_bits(node, first);
        uint64_t told = kette_known_learn_all(&node->known, first / 64, ready, id, node->now_ns);

        for (; told != 0; told &= told - 1) {
            uint32_t peer = first + (uint32_t)__builtin_ctzll(told);

            if (block != NULL && kette_peers_at(node, peer)->wants_compact)
                kette_door_send(node, peer, kette_relay_compact(node, block));
            else
                kette_door_send(node, peer, kette_message_ref(message));
            if (waiting != NULL)
                g_array_append_val(waiting, peer);
        }
    }
    if (waiting != NULL && waiting->len > 0)
        keep_for_retry(node, message, id, waiting);
}

void
kette_relay_block(KetteNode *node, KetteBlock *block, bool is_own)
{
    KetteRelay relay = node->config.relay;
    g_autoptr(KetteMessage) message =
        relay == KETTE_RELAY_FLOOD || (relay == KETTE_RELAY_PUSH && is_own)
            ? kette_mint_block(node->host.mint, block)
            : kette_mint_inventory(node->host.mint, KETTE_MSG_INVENTORY, KETTE_MSG_NEW_BLOCK,
                                   &block->id);

    announce(node, message, &block->id, relay == KETTE_RELAY_COMPACT ? block : NULL);
}

static KetteMessage *
announcement_of(KetteNode *node, KetteTx *tx)
{
    return node->config.relay == KETTE_RELAY_FLOOD
               ? kette_mint_transaction(node->host.mint, tx)
               : kette_mint_inventory(node->host.mint, KETTE_MSG_INVENTORY,
                                      KETTE_MSG_NEW_TRANSACTION, &tx->id);
}

void
kette_relay_payment(KetteNode *node, KetteTx *tx)
{
    g_autoptr(KetteMessage) message = announcement_of(node, tx);

    announce(node, message, &tx->id, NULL);
}

void
kette_relay_payment_to(KetteNode *node, uint32_t peer, KetteTx *tx)
{
    g_autoptr(GArray) waiting = NULL;
    g_autoptr(KetteMessage) message = announcement_of(node, tx);

    kette_known_learn(&node->known, peer, &tx->id, node->now_ns);
    kette_door_send(node, peer, kette_message_ref(message));
    if (!node->config.ack)
        return;
    waiting = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(waiting, peer);
    keep_for_retry(node, message, &tx->id, waiting);
}

/* --- acknowledgements ---------------------------------------------------------------------- */

static bool
stop_waiting(Announcement *announcement, uint32_t peer)
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
    for (uint32_t i = 0; i < kette_relay_open(node);) {
        if (announcement_at(node, i)->waiting->len == 0)
            g_ptr_array_remove_index(node->relay.announced, i);
        else
            i++;
    }
    if (kette_relay_open(node) == 0)
        g_clear_pointer(&node->relay.announced, g_ptr_array_unref);
    arm(node);
}

bool
kette_relay_acknowledged(KetteNode *node, uint32_t peer, const KetteHash *id)
{
    for (uint32_t i = 0; i < kette_relay_open(node); i++) {
        Announcement *announcement = announcement_at(node, i);

        if (kette_hash_equal(&announcement->id, id) && stop_waiting(announcement, peer)) {
            if (announcement->waiting->len == 0)
                drop_finished(node);
            return true;
        }
    }
    return false;
}

bool
kette_relay_on_announced(KetteNode *node, uint32_t peer, KetteMessageKind kind, const KetteHash *id)
{
    bool held = kette_known_learn_held(&node->known, peer, id, node->now_ns);

    if (!node->ack)
        return held;
    /* Where the two have announced it to each other, the announcements acknowledge one another. One
     * that is lost is repeated, and finds nothing open here. */
    if (!kette_relay_acknowledged(node, peer, id))
        kette_door_send(node, peer, kette_mint_ack(node->host.mint, kind, id));
    return held;
}

void
kette_relay_on_ack(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    kette_relay_acknowledged(node, peer, &message->ack.id);
}

void
kette_relay_forget_peer(KetteNode *node, uint32_t peer)
{
    for (uint32_t i = 0; i < kette_relay_open(node); i++)
        stop_waiting(announcement_at(node, i), peer);
    if (node->relay.announced != NULL)
        drop_finished(node);
}

/* --- retries ------------------------------------------------------------------------------- */

static void
repeat(KetteNode *node, Announcement *announcement)
{
    if (announcement->tries == KETTE_ANNOUNCE_RETRIES) {
        give_up(node, announcement);
        return;
    }
    announcement->tries++;
    announcement->retry_ns =
        node->now_ns + (node->config.request_timeout_ns << announcement->tries);
    for (guint i = 0; i < announcement->waiting->len; i++)
        kette_door_send(node, g_array_index(announcement->waiting, uint32_t, i),
                        kette_message_ref(announcement->message));
}

void
kette_relay_on_timer(KetteNode *node)
{
    for (uint32_t i = 0; i < kette_relay_open(node); i++) {
        if (announcement_at(node, i)->retry_ns <= node->now_ns)
            repeat(node, announcement_at(node, i));
    }
    drop_finished(node);
}

/* --- queries ------------------------------------------------------------------------------- */

static bool
any_counts(const GArray *peers, bool (*counts)(void *user, uint32_t peer), void *user)
{
    for (guint i = 0; i < peers->len; i++) {
        if (counts(user, g_array_index(peers, uint32_t, i)))
            return true;
    }
    return false;
}

uint32_t
kette_relay_open_to(const KetteNode *node, bool (*counts)(void *user, uint32_t peer), void *user)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < kette_relay_open(node); i++)
        count += any_counts(announcement_at(node, i)->waiting, counts, user);
    return count;
}

size_t
kette_relay_memory(const KetteNode *node)
{
    return kette_relay_open(node) * sizeof(Announcement);
}
