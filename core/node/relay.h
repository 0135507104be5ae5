/* Relay: announcements, their acknowledgements and retries.
 *
 * An announcement goes to every ready peer not known to have its id: whole with flood relay, or
 * with push and a block of its own, by id otherwise; with compact relay in compact form to peers
 * that have asked for it (high.h). Where links lose messages (config.ack) it
 * stays on a list until all have acknowledged it, by an ACK or by sending the same thing
 * themselves, and is repeated after the request time-out, then twice that, then four times. After
 * KETTE_ANNOUNCE_RETRIES tip polling has to carry a block. Nothing carries a payment, so a peer
 * that did not acknowledge one is told the mempool once it is heard again (catch_up.h).
 */
#ifndef CORE_NODE_RELAY_H
#define CORE_NODE_RELAY_H

#include "core/node/message.h"
#include "core/node/node.h"

typedef struct {
    GPtrArray *announced;  /* not acknowledged by all, oldest first; NULL while none */
    KetteMessage *compact; /* the compact form of `compact_id`, made once; NULL while none */
    KetteHash compact_id;
} KetteRelayState;

void kette_relay_clear(KetteNode *node);
/* Announce a thing to all ready peers that are not known to have it. is_own: this node made the
 * block. */
void kette_relay_block(KetteNode *node, KetteBlock *block, bool is_own);
void kette_relay_payment(KetteNode *node, KetteTx *tx);
/* Returns a reference to the compact form of a block, which is made once: all peers get the same
 * salt and the same bytes. */
KetteMessage *kette_relay_compact(KetteNode *node, const KetteBlock *block);
/* Announces a payment to one peer. */
void kette_relay_payment_to(KetteNode *node, uint32_t peer, KetteTx *tx);

/* Notes that a peer has announced a thing, which acknowledges our own announcement of it; where
 * links lose messages an ACK goes back. Returns whether this node is known to hold it. */
bool kette_relay_on_announced(KetteNode *node, uint32_t peer, KetteMessageKind kind,
                              const KetteHash *id);
void kette_relay_on_ack(KetteNode *node, uint32_t peer, const KetteMessage *message);
/* Notes that the peer has the thing; returns whether it still had to acknowledge it. */
bool kette_relay_acknowledged(KetteNode *node, uint32_t peer, const KetteHash *id);
void kette_relay_forget_peer(KetteNode *node, uint32_t peer);
/* Returns NULL, or what is wrong. */
const char *kette_relay_audit(const KetteNode *node);
void kette_relay_on_timer(KetteNode *node);

/* Returns how many announcements are not acknowledged by all. */
uint32_t kette_relay_open(const KetteNode *node);
/* Counts those that wait for a peer of which `counts` is true. */
uint32_t kette_relay_open_to(const KetteNode *node, bool (*counts)(void *user, uint32_t peer),
                             void *user);
size_t kette_relay_memory(const KetteNode *node);

#endif
