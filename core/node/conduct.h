/* Misconduct of peers: named reasons, points, decay, and the ban.
 *
 * Points add up to a score that falls by one a minute; at KETTE_BAN_SCORE the peer is banned for
 * config.ban_ns: nothing it sends is read, nothing is sent to it, and what was asked of it is asked
 * of others. A standing peer has no address and is banned by its number: a fresh connection that
 * the host makes lifts that. Any other is disconnected and banned by where it is: an outbound one
 * by host and port, an inbound one by its host; no connection of that place is made or taken until
 * the ban ends. What an honest node can do never has points: lateness, blocks that are not yet due,
 * things that are missing or refused by policy, answers that come after the question was dropped.
 */
#ifndef CORE_NODE_CONDUCT_H
#define CORE_NODE_CONDUCT_H

#include <glib.h>

#define KETTE_BAN_SCORE 100

/* X(symbol, name, points) */
#define KETTE_MISCONDUCTS(X)                                                                       \
    X(INVALID_BLOCK, "invalid-block", 20)   /* a body that breaks a rule, or on one that does */   \
    X(INVALID_HEADER, "invalid-header", 50) /* cheap to check before it is sent */                 \
    X(INVALID_TRANSACTION, "invalid-transaction", 20)                                              \
    X(UNCONNECTED_HEADERS, "unconnected-headers", 20) /* do not follow the locator they answer */  \
    X(HEADER_SPAM, "header-spam", 100) /* many headers that never outweigh our tip */              \
    X(BAD_REQUEST, "bad-request", 20)  /* asks for what cannot be, such as a 9th of 8 */

typedef enum {
#define KETTE_MISCONDUCT_ENUM(symbol, name, points) KETTE_MISCONDUCT_##symbol,
    KETTE_MISCONDUCTS(KETTE_MISCONDUCT_ENUM)
#undef KETTE_MISCONDUCT_ENUM
        KETTE_MISCONDUCT_COUNT
} KetteMisconduct;

const char *kette_misconduct_name(KetteMisconduct misconduct);
unsigned kette_misconduct_points(KetteMisconduct misconduct);

#endif
