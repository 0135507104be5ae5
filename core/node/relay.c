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
    uint32_t words;     /* of bits */
    uint64_t waiting[]; /* a bit for each peer that has not acknowledged it */
} Announcement;

static void
announcement_free(gpointer data)
{
    Announcement *announcement = data;

    kette_message_unref(announcement->message);
    g_free(announcement);
}

static Announcement *
announcement_new(const KetteNode *node, KetteMessage *message, const KetteHash *id)
{
    uint32_t words = (node->peer_count + 63) / 64;
    Announcement *announcement =
        g_malloc0(sizeof *announcement + words * sizeof *announcement->waiting);

    announcement->message = kette_message_ref(message);
    announcement->id = *id;
    announcement->words = words;
    return announcement;
}

/* Returns the first waiting peer from `peer` on; KETTE_PEER_SELF when there is none. */
static uint32_t
next_waiting(const Announcement *announcement, uint32_t peer)
{
    uint64_t bits = UINT64_MAX << peer % 64;

    for (uint32_t word = peer / 64; word < announcement->words; word++, bits = UINT64_MAX) {
        bits &= announcement->waiting[word];
        if (bits != 0)
            return 64 * word + (uint32_t)__builtin_ctzll(bits);
    }
    return KETTE_PEER_SELF;
}

static bool
is_acknowledged(const Announcement *announcement)
{
    return next_waiting(announcement, 0) == KETTE_PEER_SELF;
}

#define EACH_WAITING(peer, announcement)                                                           \
    uint32_t peer = next_waiting(announcement, 0);                                                 \
    peer != KETTE_PEER_SELF;                                                                       \
    peer = next_waiting(announcement, peer + 1)

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
    for (EACH_WAITING(peer, announcement)) {
        kette_known_forget(&node->known, peer, &announcement->id);
        if (is_of_payment(announcement->message))
            kette_event_payment_untold(node, peer);
    }
    memset(announcement->waiting, 0, announcement->words * sizeof *announcement->waiting);
}

/* Takes over the announcement. */
static void
keep_for_retry(KetteNode *node, Announcement *announcement)
{
    announcement->retry_ns = node->now_ns + node->config.request_timeout_ns;
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
    Announcement *announcement = NULL;

    for (uint32_t first = 0; first < node->peer_count; first += 64) {
        uint64_t ready = kette_peers_ready_bits(node, first);
        uint64_t told = kette_known_learn_all(&node->known, first / 64, ready, id, node->now_ns);

        if (told != 0 && node->config.ack) {
            if (announcement == NULL)
                announcement = announcement_new(node, message, id);
            announcement->waiting[first / 64] = told;
        }
        for (; told != 0; told &= told - 1) {
            uint32_t peer = first + (uint32_t)__builtin_ctzll(told);

            if (block != NULL && kette_peers_at(node, peer)->wants_compact)
                kette_door_send(node, peer, kette_relay_compact(node, block));
            else
                kette_door_send(node, peer, kette_message_ref(message));
        }
    }
    if (announcement != NULL)
        keep_for_retry(node, announcement);
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
    g_autoptr(KetteMessage) message = announcement_of(node, tx);
    Announcement *announcement;

    kette_known_learn(&node->known, peer, &tx->id, node->now_ns);
    kette_door_send(node, peer, kette_message_ref(message));
    if (!node->config.ack)
        return;
    announcement = announcement_new(node, message, &tx->id);
    announcement->waiting[peer / 64] = UINT64_C(1) << peer % 64;
    keep_for_retry(node, announcement);
}

/* --- acknowledgements ---------------------------------------------------------------------- */

static bool
stop_waiting(Announcement *announcement, uint32_t peer)
{
    uint64_t bit = UINT64_C(1) << peer % 64;

    if (peer / 64 >= announcement->words || (announcement->waiting[peer / 64] & bit) == 0)
        return false;
    announcement->waiting[peer / 64] &= ~bit;
    return true;
}

static void
drop_finished(KetteNode *node)
{
    for (uint32_t i = 0; i < kette_relay_open(node);) {
        if (is_acknowledged(announcement_at(node, i)))
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
            if (is_acknowledged(announcement))
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

const char *
kette_relay_audit(const KetteNode *node)
{
    for (uint32_t i = 0; i < kette_relay_open(node); i++) {
        for (EACH_WAITING(peer, announcement_at(node, i))) {
            if (!kette_peers_is_ready(node, peer))
                return "an announcement waits for a peer that is not ready";
        }
    }
    return NULL;
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
    for (EACH_WAITING(peer, announcement))
        kette_door_send(node, peer, kette_message_ref(announcement->message));
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
any_counts(const Announcement *announcement, bool (*counts)(void *user, uint32_t peer), void *user)
{
    for (EACH_WAITING(peer, announcement)) {
        if (counts(user, peer))
            return true;
    }
    return false;
}

uint32_t
kette_relay_open_to(const KetteNode *node, bool (*counts)(void *user, uint32_t peer), void *user)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < kette_relay_open(node); i++)
        count += any_counts(announcement_at(node, i), counts, user);
    return count;
}

size_t
kette_relay_memory(const KetteNode *node)
{
    size_t bytes = 0;

    for (uint32_t i = 0; i < kette_relay_open(node); i++)
        bytes += sizeof(Announcement) + announcement_at(node, i)->words * sizeof(uint64_t);
    return bytes;
}
