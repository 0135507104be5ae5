/* Trickle: payments announced to each peer in batches, at exponential times.
 *
 * With config.tx_relay KETTE_TX_RELAY_TRICKLE a payment that comes into the mempool is not
 * announced at once. Each peer is told, at times of its own, all that has come since it was told
 * last and that it is not known to have: on average KETTE_TRICKLE_OUTBOUND_NS after the first of
 * them if this side opened the connection, and KETTE_TRICKLE_INBOUND_NS if the peer did, all
 * inbound peers at the same times. A peer that watches can then hardly tell who made a payment, and
 * a batch is one message. After Bitcoin Core (net_processing.cpp, SendMessages); so are the
 * constants in limits.h.
 *
 * An exponential time that starts when there is something to tell is the same as a Poisson process
 * that goes on for ever, because it has no memory: an idle node sets no timer.
 *
 * Otherwise payments are announced at once (relay.h).
 */
#ifndef CORE_NODE_TRICKLE_H
#define CORE_NODE_TRICKLE_H

#include "core/node/node.h"

typedef struct {
    GArray *log;     /* payments to tell of, oldest first; NULL until one comes */
    uint64_t first;  /* the number of the first in the log, counted from 0 */
    GArray *peers;   /* by peer: what was told, and when the next is due */
    int64_t inbound; /* when inbound peers are told next; INT64_MAX: nothing is to tell */
} KetteTrickle;

void kette_trickle_clear(KetteNode *node);
/* Announces a payment to all ready peers that are not known to have it: now or in a while. */
void kette_trickle_payment(KetteNode *node, KetteTx *tx);
/* Notes that a connection is ready: it is told what comes from now on. */
void kette_trickle_on_ready(KetteNode *node, uint32_t peer);
void kette_trickle_on_timer(KetteNode *node);
size_t kette_trickle_memory(const KetteNode *node);

#endif
