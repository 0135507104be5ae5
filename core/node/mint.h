/* The mint makes a message once that many nodes would make alike: the announcement of a block, the
 * question for it, the block itself.
 *
 * Nodes of one thread may share a mint through their door. A flood to a thousand nodes then needs
 * one message of each kind, which stays in the cache, and not one of each node's own. The content
 * of a message does not depend on who asked first.
 */
#ifndef CORE_NODE_MINT_H
#define CORE_NODE_MINT_H

#include "core/chain/entry.h"
#include "core/node/message.h"

typedef struct KetteMint KetteMint;

KetteMint *kette_mint_new(void);
void kette_mint_free(KetteMint *mint); /* messages outlive it; NULL is fine */

/* Return what the function of message.h of that name makes, with a reference for the caller. `mint`
 * may be NULL: then the message is a new one. */
KetteMessage *kette_mint_handshake(KetteMint *mint, const KetteHandshake *handshake);
KetteMessage *kette_mint_transaction(KetteMint *mint, KetteTx *tx);
KetteMessage *kette_mint_block(KetteMint *mint, KetteBlock *block);
KetteMessage *kette_mint_ack(KetteMint *mint, KetteMessageKind kind, const KetteHash *id);
/* Makes a message of one id. */
KetteMessage *kette_mint_inventory(KetteMint *mint, KetteMessageKind what, KetteMessageKind of,
                                   const KetteHash *id);
/* Makes the question with the locator of `from`. */
KetteMessage *kette_mint_request_chain(KetteMint *mint, const KetteEntry *from);
/* Makes a RESPONSE_CHAIN without headers. */
KetteMessage *kette_mint_nothing_follows(KetteMint *mint);

#endif
