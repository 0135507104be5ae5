/* Scores and bans; see conduct.h for reasons and points. */
#include "core/node/conduct.h"

#include "core/base/assert.h"
#include "core/node/node_impl.h"

#define MINUTE_NS INT64_C(60000000000)

/* What is held against a peer. */
typedef struct {
    uint32_t peer;
    uint16_t score;        /* misconduct, as of score_minute */
    uint32_t score_minute; /* of the node's clock */
    bool is_full;          /* the score is, and kette_conduct_act() has not come yet */
    const char *reason;    /* of the last misconduct */
} Score;

/* Who may not connect. Port 0: the whole host, as an inbound connection shows no more of it. */
typedef struct {
    KettePeerAddress address;
    int64_t until_ns;
} Ban;

typedef struct {
    char name[24];
    unsigned points;
} Row;

static const Row rows[KETTE_MISCONDUCT_COUNT] = {
#define KETTE_MISCONDUCT_ROW(symbol, name, points) [KETTE_MISCONDUCT_##symbol] = {name, points},
    KETTE_MISCONDUCTS(KETTE_MISCONDUCT_ROW)
#undef KETTE_MISCONDUCT_ROW
};

const char *
kette_misconduct_name(KetteMisconduct misconduct)
{
    kette_assert(misconduct < KETTE_MISCONDUCT_COUNT);
    return rows[misconduct].name;
}

unsigned
kette_misconduct_points(KetteMisconduct misconduct)
{
    kette_assert(misconduct < KETTE_MISCONDUCT_COUNT);
    return rows[misconduct].points;
}

/* --- what is held against a peer ---------------------------------------------------------- */

static guint
find_score(const KetteNode *node, uint32_t peer)
{
    guint i = 0;

    while (i < node->conduct.scores->len &&
           g_array_index(node->conduct.scores, Score, i).peer != peer)
        i++;
    return i;
}

/* Returns the score of a peer, made at the first call. Valid until the next one. */
static Score *
score_of(KetteNode *node, uint32_t peer)
{
    const Score fresh = {.peer = peer};
    guint at;

    if (node->conduct.scores == NULL)
        node->conduct.scores = g_array_new(FALSE, FALSE, sizeof(Score));
    at = find_score(node, peer);
    if (at == node->conduct.scores->len)
        g_array_append_val(node->conduct.scores, fresh);
    return &g_array_index(node->conduct.scores, Score, at);
}

void
kette_conduct_forget_peer(KetteNode *node, uint32_t peer)
{
    guint at = node->conduct.scores != NULL ? find_score(node, peer) : 0;

    if (node->conduct.scores != NULL && at < node->conduct.scores->len)
        g_array_remove_index(node->conduct.scores, at);
}

/* Returns what is left of the score that it had at score_minute. */
static unsigned
decayed(const Score *held, uint32_t minute)
{
    uint32_t passed = minute - held->score_minute;

    return held->score > passed ? held->score - passed : 0;
}

static uint32_t
minute_of(const KetteNode *node)
{
    return (uint32_t)(node->now_ns / MINUTE_NS);
}

/* --- bans --------------------------------------------------------------------------------- */

/* Returns the index of the ban of `address`, or where a new one goes: to the end or, when the list
 * is full, over the ban that ends first. */
static guint
place_of(const KetteNode *node, const KettePeerAddress *address)
{
    guint first = 0;

    for (guint i = 0; i < node->conduct.bans->len; i++) {
        const Ban *ban = &g_array_index(node->conduct.bans, Ban, i);

        if (ban->address.port == address->port &&
            memcmp(ban->address.host, address->host, sizeof address->host) == 0)
            return i;
        if (ban->until_ns < g_array_index(node->conduct.bans, Ban, first).until_ns)
            first = i;
    }
    return node->conduct.bans->len < KETTE_BANS_MAX ? node->conduct.bans->len : first;
}

static void
ban_address(KetteNode *node, const KettePeerAddress *address, bool outbound)
{
    Ban ban = {*address, node->now_ns + node->config.ban_ns};
    guint at;

    if (!outbound)
        ban.address.port = 0;
    if (node->conduct.bans == NULL)
        node->conduct.bans = g_array_new(FALSE, FALSE, sizeof(Ban));
    at = place_of(node, &ban.address);
    if (at == node->conduct.bans->len)
        g_array_set_size(node->conduct.bans, at + 1);
    g_array_index(node->conduct.bans, Ban, at) = ban;
}

bool
kette_node_is_banned_at(const KetteNode *node, const KettePeerAddress *address, bool outbound)
{
    for (guint i = 0; node->conduct.bans != NULL && i < node->conduct.bans->len; i++) {
        const Ban *ban = &g_array_index(node->conduct.bans, Ban, i);

        if (ban->until_ns > node->now_ns &&
            memcmp(ban->address.host, address->host, sizeof address->host) == 0 &&
            (!outbound || ban->address.port == 0 || ban->address.port == address->port))
            return true;
    }
    return false;
}

static void
drop_ended_bans(KetteNode *node)
{
    for (guint i = 0; node->conduct.bans != NULL && i < node->conduct.bans->len;) {
        if (g_array_index(node->conduct.bans, Ban, i).until_ns <= node->now_ns)
            g_array_remove_index(node->conduct.bans, i);
        else
            i++;
    }
    if (node->conduct.bans != NULL && node->conduct.bans->len == 0)
        g_clear_pointer(&node->conduct.bans, g_array_unref);
}

static void
ban(KetteNode *node, uint32_t peer, const char *reason)
{
    KettePeer *p = kette_peers_at(node, peer);
    const KetteRemote *remote = kette_peers_remote(node, peer);

    p->retry_ns = node->now_ns + node->config.ban_ns;
    if (remote != NULL)
        ban_address(node, &remote->address, p->outbound);
    kette_door_note(node, &(KetteNote){.kind = KETTE_NOTE_BANNED, .peer = peer, .reason = reason});
    node->unsettled |= KETTE_UNSETTLED_EXPIRY;
    kette_event_peer_shut_out(node, peer, KETTE_PEER_BANNED);
}

void
kette_conduct_report(KetteNode *node, uint32_t peer, KetteMisconduct misconduct)
{
    KettePeer *p = kette_peers_find(node, peer);
    uint32_t minute = minute_of(node);
    Score *held;
    unsigned score;

    if (p == NULL || p->state == KETTE_PEER_BANNED || node->config.ban_ns <= 0)
        return;
    held = score_of(node, peer);
    score = decayed(held, minute) + kette_misconduct_points(misconduct);
    held->score = (uint16_t)MIN(score, UINT16_MAX);
    held->score_minute = minute;
    held->reason = kette_misconduct_name(misconduct);
    held->is_full = held->score >= KETTE_BAN_SCORE;
    if (held->is_full)
        node->unsettled |= KETTE_UNSETTLED_CONDUCT;
}

/* Returns the index of the first full score, or the count when there is none. A ban changes the
 * list. */
static guint
first_full(const KetteNode *node)
{
    guint i = 0;

    while (i < node->conduct.scores->len && !g_array_index(node->conduct.scores, Score, i).is_full)
        i++;
    return i;
}

void
kette_conduct_act(KetteNode *node)
{
    guint at;

    while (node->conduct.scores != NULL && (at = first_full(node)) < node->conduct.scores->len) {
        Score *held = &g_array_index(node->conduct.scores, Score, at);

        held->is_full = false;
        ban(node, held->peer, held->reason);
    }
}

int64_t
kette_conduct_first_end(const KetteNode *node)
{
    int64_t first = INT64_MAX;

    for (guint i = 0; node->conduct.bans != NULL && i < node->conduct.bans->len; i++)
        first = MIN(first, g_array_index(node->conduct.bans, Ban, i).until_ns);
    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (kette_peers_at(node, i)->state == KETTE_PEER_BANNED)
            first = MIN(first, kette_peers_at(node, i)->retry_ns);
    }
    return first;
}

void
kette_conduct_append_banned(const KetteNode *node, GArray *addresses)
{
    for (guint i = 0; node->conduct.bans != NULL && i < node->conduct.bans->len; i++) {
        const Ban *ban = &g_array_index(node->conduct.bans, Ban, i);

        if (ban->until_ns > node->now_ns)
            g_array_append_val(addresses, ban->address);
    }
}

static void
lift(KetteNode *node, uint32_t peer)
{
    KettePeer *p = kette_peers_at(node, peer);

    kette_peers_set_state(node, peer, KETTE_PEER_CONNECTING);
    p->attempts = 0;
    p->retry_ns = node->now_ns;
    kette_conduct_forget_peer(node, peer);
    kette_event_ban_over(node, peer);
}

void
kette_conduct_lift_bans(KetteNode *node)
{
    drop_ended_bans(node);
    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (kette_peers_at(node, i)->state == KETTE_PEER_BANNED &&
            kette_peers_at(node, i)->retry_ns <= node->now_ns)
            lift(node, i);
    }
}

void
kette_node_lift_ban(KetteNode *node, uint32_t peer)
{
    if (kette_node_is_banned(node, peer))
        lift(node, peer);
}

bool
kette_node_is_banned(const KetteNode *node, uint32_t peer)
{
    return peer < node->peer_count && kette_peers_at(node, peer)->state == KETTE_PEER_BANNED;
}

static size_t
array_bytes(const GArray *array, size_t item)
{
    return array != NULL ? sizeof *array + array->len * item : 0;
}

size_t
kette_conduct_memory(const KetteNode *node)
{
    return array_bytes(node->conduct.scores, sizeof(Score)) +
           array_bytes(node->conduct.bans, sizeof(Ban));
}

void
kette_conduct_clear(KetteNode *node)
{
    g_clear_pointer(&node->conduct.scores, g_array_unref);
    g_clear_pointer(&node->conduct.bans, g_array_unref);
}
