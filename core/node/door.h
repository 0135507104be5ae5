/* The node's side of its door (host.h): what every part may send, note or set. */
#ifndef CORE_NODE_DOOR_H
#define CORE_NODE_DOOR_H

#include "core/node/node.h"

/* Moves the node's clock, which never goes back. */
void kette_door_set_now(KetteNode *node, int64_t now_ns);
/* Sends a message and takes over the reference on it. */
void kette_door_send(KetteNode *node, uint32_t peer, KetteMessage *message);
void kette_door_note(KetteNode *node, const KetteNote *note);
/* Tells of what the node was given, if anybody asks. */
void kette_door_given(KetteNode *node, const KetteGiven *given);
/* Notes that a block or transaction was refused; `tx` is NULL for a block. */
void kette_door_note_refused(KetteNode *node, uint32_t peer, const KetteHash *id, const KetteTx *tx,
                             KetteVerdict verdict);
/* Sets a timer to a time of the node's clock; INT64_MAX cancels it. */
void kette_door_set_timer(KetteNode *node, KetteTimer timer, int64_t due_ns);
/* Sets a timer to a time from now. */
void kette_door_set_timer_in(KetteNode *node, KetteTimer timer, int64_t delay_ns);
/* Returns 64 even random bits of the node's own stream. */
uint64_t kette_door_random(KetteNode *node);

#endif
