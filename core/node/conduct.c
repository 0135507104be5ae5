/* Scores and bans; see conduct.h for reasons and points. */
#include "core/node/conduct.h"

#include "core/base/assert.h"
#include "core/node/node_impl.h"

#define MINUTE_NS INT64_C(60000000000)

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

/* The score that is left of what it was at score_minute. */
static unsigned
decayed(const KettePeer *peer, uint32_t minute)
{
    uint32_t passed = minute - peer->score_minute;

    return peer->score > passed ? peer->score - passed : 0;
}

/* The place of the ban that covers `address`, or where one more goes: at the end or, when the list
 * is full, over the one that ends first. */
static guint
place_of(const KetteNode *node, const KettePeerAddress *address)
{
    guint first = 0;

    for (guint i = 0; i < node->bans->len; i++) {
        const KetteBan *ban = &g_array_index(node->bans, KetteBan, i);

        if (ban->address.port == address->port &&
            memcmp(ban->address.host, address->host, sizeof address->host) == 0)
            return i;
        if (ban->until_ns < g_array_index(node->bans, KetteBan, first).until_ns)
            first = i;
    }
    return node->bans->len < KETTE_BANS_MAX ? node->bans->len : first;
}

static void
ban_address(KetteNode *node, const KettePeerAddress *address, bool outbound)
{
    KetteBan ban = {*address, node->now_ns + node->config.ban_ns};
    guint at;

    if (!outbound)
        ban.address.port = 0;
    if (node->bans == NULL)
        node->bans = g_array_new(FALSE, FALSE, sizeof(KetteBan));
    at = place_of(node, &ban.address);
    if (at == node->bans->len)
        g_array_set_size(node->bans, at + 1);
    g_array_index(node->bans, KetteBan, at) = ban;
}

bool
kette_node_is_banned_at(const KetteNode *node, const KettePeerAddress *address, bool outbound)
{
    for (guint i = 0; node->bans != NULL && i < node->bans->len; i++) {
        const KetteBan *ban = &g_array_index(node->bans, KetteBan, i);

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
    for (guint i = 0; node->bans != NULL && i < node->bans->len;) {
        if (g_array_index(node->bans, KetteBan, i).until_ns <= node->now_ns)
            g_array_remove_index(node->bans, i);
        else
            i++;
    }
    if (node->bans != NULL && node->bans->len == 0)
        g_clear_pointer(&node->bans, g_array_unref);
}

static void
ban(KetteNode *node, uint32_t peer, KetteMisconduct misconduct)
{
    KettePeer *p = &node->peers[peer];
    const KettePeerAddress *address = kette_gossip_address(node, peer);

    p->retry_ns = node->now_ns + node->config.ban_ns;
    if (address != NULL)
        ban_address(node, address, p->outbound);
    kette_node_note(node, &(KetteNote){.kind = KETTE_NOTE_BANNED,
                                       .peer = peer,
                                       .reason = kette_misconduct_name(misconduct)});
    kette_node_shut_out(node, peer, KETTE_PEER_BANNED);
}

void
kette_node_misbehaved(KetteNode *node, uint32_t peer, KetteMisconduct misconduct)
{
    KettePeer *p = kette_node_peer(node, peer);
    uint32_t minute = (uint32_t)(node->now_ns / MINUTE_NS);

    if (p == NULL || p->state == KETTE_PEER_BANNED || node->config.ban_ns <= 0)
        return;
    p->score = (uint16_t)MIN(decayed(p, minute) + kette_misconduct_points(misconduct), UINT16_MAX);
    p->score_minute = minute;
    if (p->score >= KETTE_BAN_SCORE)
        ban(node, peer, misconduct);
}

void
kette_node_lift_bans(KetteNode *node)
{
    drop_ended_bans(node);
    for (uint32_t i = 0; i < node->peer_count; i++) {
        KettePeer *peer = &node->peers[i];

        if (peer->state == KETTE_PEER_BANNED && peer->retry_ns <= node->now_ns)
            kette_node_lift_ban(node, i);
    }
}

void
kette_node_lift_ban(KetteNode *node, uint32_t peer)
{
    KettePeer *p = kette_node_peer(node, peer);

    if (p == NULL || p->state != KETTE_PEER_BANNED)
        return;
    p->state = KETTE_PEER_CONNECTING;
    p->score = 0;
    p->attempts = 0;
    p->unpaid_headers = 0;
    p->retry_ns = node->now_ns;
    if (p->outbound)
        kette_handshake_greet(node, peer);
}
