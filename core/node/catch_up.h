/* Catching up: telling the mempool to a peer that may lack some of it, because it is new or did not
 * acknowledge a payment. Blocks need none of this: polls and sync carry them.
 */
#ifndef CORE_NODE_CATCH_UP_H
#define CORE_NODE_CATCH_UP_H

#include "core/node/node.h"

/* Who is being told, and how far: the mempool is walked by sender and nonce. What peers have
 * (known) is too small a record to tell. */
typedef struct {
    uint32_t peer; /* KETTE_PEER_SELF: nobody */
    bool has_begun;
    KetteAddress sender; /* the last payment that was told, if it has begun */
    uint64_t nonce;
} KetteCatchUp;

void kette_catch_up_on_ready(KetteNode *node, uint32_t peer);
/* Notes that the peer may lack a payment: it is told the mempool from its beginning. */
void kette_catch_up_restart(KetteNode *node, uint32_t peer);
/* Announces to a peer that is behind, and was just heard, the next payments that it is not known to
 * have. */
void kette_catch_up_go_on(KetteNode *node, uint32_t peer);
void kette_catch_up_forget_peer(KetteNode *node, uint32_t peer);
/* Returns NULL, or what is wrong. */
const char *kette_catch_up_audit(const KetteNode *node);

#endif
