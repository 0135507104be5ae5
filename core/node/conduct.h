/* Misconduct of peers: named reasons, points, decay, and the ban.
 *
 * Points add up to a score that falls by one a minute; at KETTE_BAN_SCORE the peer is banned for
 * config.ban_ns: nothing it sends is read, nothing is sent to it, and what was asked of it is asked
 * of others. A standing peer has no address and is banned by its number; a fresh connection by the
 * host lifts that ban. Any other peer is disconnected and its address is banned: host and port of
 * an outbound one, the whole host of an inbound one; no connection with that address is made or
 * accepted until the ban ends. What an honest node can do never has points: lateness, silence,
 * blocks that are not yet due, things that are missing or refused by policy, headers that connect
 * to nothing here. Points count at once; the ban comes when the message has been dealt with.
 */
#ifndef CORE_NODE_CONDUCT_H
#define CORE_NODE_CONDUCT_H

#include "core/node/node.h"

#define KETTE_BAN_SCORE 100

/* X(symbol, name, points) */
#define KETTE_MISCONDUCTS(X)                                                                       \
    X(INVALID_BLOCK, "invalid-block", 20)   /* a body that breaks a rule, or on one that does */   \
    X(INVALID_HEADER, "invalid-header", 50) /* cheap to check before it is sent */                 \
    X(INVALID_TRANSACTION, "invalid-transaction", 20)                                              \
    X(BAD_REQUEST, "bad-request", 20) /* asks for what cannot be, such as a 9th of 8 */

typedef enum {
#define KETTE_MISCONDUCT_ENUM(symbol, name, points) KETTE_MISCONDUCT_##symbol,
    KETTE_MISCONDUCTS(KETTE_MISCONDUCT_ENUM)
#undef KETTE_MISCONDUCT_ENUM
        KETTE_MISCONDUCT_COUNT
} KetteMisconduct;

const char *kette_misconduct_name(KetteMisconduct misconduct);
unsigned kette_misconduct_points(KetteMisconduct misconduct);

typedef struct {
    GArray *scores; /* what is held against peers; NULL while nothing is */
    GArray *bans;   /* of addresses; NULL while none */
} KetteConduct;

void kette_conduct_clear(KetteNode *node);
/* Adds to the peer's score. A ban that follows comes with kette_conduct_act(). */
void kette_conduct_report(KetteNode *node, uint32_t peer, KetteMisconduct misconduct);
/* Bans the peers whose score is full. */
void kette_conduct_act(KetteNode *node);
void kette_conduct_forget_peer(KetteNode *node, uint32_t peer);

/* Ends the bans whose time is over. */
void kette_conduct_lift_bans(KetteNode *node);
/* Returns when the first ban ends, or INT64_MAX. */
int64_t kette_conduct_first_end(const KetteNode *node);
/* Appends the banned addresses: KettePeerAddress. */
void kette_conduct_append_banned(const KetteNode *node, GArray *addresses);
size_t kette_conduct_memory(const KetteNode *node);

#endif
