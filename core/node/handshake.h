/* Handshakes: who greets whom, what makes two nodes ready for each other, repeating a greeting that
 * got no answer, and connections that never came to a handshake. */
#ifndef CORE_NODE_HANDSHAKE_H
#define CORE_NODE_HANDSHAKE_H

#include "core/node/message.h"
#include "core/node/node.h"

typedef struct {
    int64_t due_ns; /* what the timer is set to; INT64_MAX: it is not set */
} KetteHandshakeState;

/* Sends a handshake and sets when it is repeated. */
void kette_handshake_greet(KetteNode *node, uint32_t peer);
/* Sets the timer to when the next greeting is repeated or a silent connection is closed. */
void kette_handshake_arm(KetteNode *node);
void kette_handshake_on_timer(KetteNode *node);
/* Returns whether the peer is of this chain; if not, it is shut out. */
bool kette_handshake_receive(KetteNode *node, uint32_t peer, const KetteHandshake *handshake);

#endif
