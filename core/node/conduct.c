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

static void
ban(KetteNode *node, uint32_t peer, KetteMisconduct misconduct)
{
    KettePeer *p = &node->peers[peer];

    if (p->state == KETTE_PEER_READY)
        node->ready_count--;
    p->state = KETTE_PEER_BANNED;
    p->retry_ns = node->now_ns + node->config.ban_ns;
    p->best = NULL;
    kette_relay_forget_peer(node, peer);
    kette_sync_forget_peer(node, peer);
    kette_fetch_forget_peer(node, peer);
    kette_node_note(node, &(KetteNote){.kind = KETTE_NOTE_BANNED,
                                       .peer = peer,
                                       .reason = kette_misconduct_name(misconduct)});
    kette_sync_schedule(node);
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
        kette_node_greet(node, peer);
}
