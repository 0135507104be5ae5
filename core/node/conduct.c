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

/* --- what is held against a peer ---------------------------------------------------------- */

static guint
find_conduct(const KetteNode *node, uint32_t peer)
{
    guint i = 0;

    while (i < node->conduct->len && g_array_index(node->conduct, KetteConduct, i).peer != peer)
        i++;
    return i;
}

/* Made the first time. Valid until the next such call. */
static KetteConduct *
conduct_of(KetteNode *node, uint32_t peer)
{
    const KetteConduct fresh = {.peer = peer};
    guint at;

    if (node->conduct == NULL)
        node->conduct = g_array_new(FALSE, FALSE, sizeof(KetteConduct));
    at = find_conduct(node, peer);
    if (at == node->conduct->len)
        g_array_append_val(node->conduct, fresh);
    return &g_array_index(node->conduct, KetteConduct, at);
}

void
kette_conduct_forget(KetteNode *node, uint32_t peer)
{
    guint at = node->conduct != NULL ? find_conduct(node, peer) : 0;

    if (node->conduct != NULL && at < node->conduct->len)
        g_array_remove_index(node->conduct, at);
}

/* The score that is left of what it was at score_minute. */
static unsigned
decayed(const KetteConduct *conduct, uint32_t minute)
{
    uint32_t passed = minute - conduct->score_minute;

    return conduct->score > passed ? conduct->score - passed : 0;
}

static uint32_t
minute_of(const KetteNode *node)
{
    return (uint32_t)(node->now_ns / MINUTE_NS);
}

/* --- cheap headers ------------------------------------------------------------------------ */

static void
work_of(KetteU256 *ret_work, const KetteEntry *entry)
{
    if (entry->parent == NULL)
        *ret_work = entry->work;
    else
        kette_u256_sub(ret_work, &entry->work, &entry->parent->work);
}

bool
kette_conduct_is_cheap(const KetteNode *node, const KetteEntry *entry)
{
    const KetteEntry *tip = kette_chain_tip(node->chain);
    KetteU256 own, tips;

    if (entry->header.bits == tip->header.bits)
        return false;
    work_of(&own, entry);
    work_of(&tips, tip);
    return !kette_u256_mul_u64(&own, &own, KETTE_CHEAP_WORK_DIVISOR) &&
           kette_u256_compare(&own, &tips) < 0;
}

void
kette_conduct_count_cheap(KetteNode *node, uint32_t peer, uint32_t more, const KetteEntry *last,
                          bool goes_on)
{
    const KetteEntry *tip = kette_chain_tip(node->chain);
    KetteConduct *conduct;

    if (more == 0 && (node->conduct == NULL || find_conduct(node, peer) == node->conduct->len))
        return;
    conduct = conduct_of(node, peer);
    conduct->cheap_headers += more;
    conduct->branch_headers += more;
    if (more > 0)
        conduct->branch_last = last;
    if (conduct->cheap_headers >
        KETTE_CHEAP_HEADERS_MAX + KETTE_CHEAP_HEADERS_A_BLOCK * tip->height)
        kette_node_misbehaved(node, peer, KETTE_MISCONDUCT_HEADER_SPAM);
    if (goes_on || last == NULL)
        return;
    /* A heavy header pays for its own branch and for nothing else. */
    if (conduct->branch_headers > 0 && kette_chain_outweighs(node->chain, last, tip) &&
        kette_entry_is_ancestor(conduct->branch_last, last))
        conduct->cheap_headers -= conduct->branch_headers;
    conduct->branch_headers = 0;
}

/* --- bans --------------------------------------------------------------------------------- */

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
ban(KetteNode *node, uint32_t peer, const char *reason)
{
    KettePeer *p = &node->peers[peer];
    const KettePeerAddress *address = kette_gossip_address(node, peer);

    p->retry_ns = node->now_ns + node->config.ban_ns;
    if (address != NULL)
        ban_address(node, address, p->outbound);
    kette_node_note(node, &(KetteNote){.kind = KETTE_NOTE_BANNED, .peer = peer, .reason = reason});
    kette_node_shut_out(node, peer, KETTE_PEER_BANNED);
    node->unsettled |= KETTE_UNSETTLED_EXPIRY;
}

void
kette_node_misbehaved(KetteNode *node, uint32_t peer, KetteMisconduct misconduct)
{
    KettePeer *p = kette_node_peer(node, peer);
    uint32_t minute = minute_of(node);
    KetteConduct *conduct;
    unsigned score;

    if (p == NULL || p->state == KETTE_PEER_BANNED || node->config.ban_ns <= 0)
        return;
    conduct = conduct_of(node, peer);
    score = decayed(conduct, minute) + kette_misconduct_points(misconduct);
    conduct->score = (uint16_t)MIN(score, UINT16_MAX);
    conduct->score_minute = minute;
    conduct->reason = kette_misconduct_name(misconduct);
    conduct->is_full = conduct->score >= KETTE_BAN_SCORE;
    if (conduct->is_full)
        node->unsettled |= KETTE_UNSETTLED_CONDUCT;
}

/* The first whose score is full; count when there is none. A ban changes the list. */
static guint
first_full(const KetteNode *node)
{
    guint i = 0;

    while (i < node->conduct->len && !g_array_index(node->conduct, KetteConduct, i).is_full)
        i++;
    return i;
}

void
kette_conduct_act(KetteNode *node)
{
    guint at;

    while (node->conduct != NULL && (at = first_full(node)) < node->conduct->len) {
        KetteConduct *conduct = &g_array_index(node->conduct, KetteConduct, at);
        uint32_t peer = conduct->peer;

        conduct->is_full = false;
        ban(node, peer, conduct->reason);
        kette_gossip_close_shut_out(node, peer);
    }
}

int64_t
kette_conduct_first_end(const KetteNode *node)
{
    int64_t first = INT64_MAX;

    for (guint i = 0; node->bans != NULL && i < node->bans->len; i++)
        first = MIN(first, g_array_index(node->bans, KetteBan, i).until_ns);
    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (node->peers[i].state == KETTE_PEER_BANNED)
            first = MIN(first, node->peers[i].retry_ns);
    }
    return first;
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
    p->attempts = 0;
    kette_conduct_forget(node, peer);
    p->retry_ns = node->now_ns;
    if (p->outbound)
        kette_handshake_greet(node, peer);
}
