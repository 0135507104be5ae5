/* Header sync: what each peer's chain has that this node has not seen.
 *
 * A peer is *idle* (no question open), *asked*, or *continuing*. Tip polling asks one idle peer a
 * period, in rotation (KETTE_FORM_POLLED). A tip in a handshake that this node does not know, or a
 * block without a parent, asks that very peer (KETTE_FORM_ASKED). An answer of config.headers_max
 * has a continuation: whatever was new in it, the peer is asked for what follows its last header
 * (KETTE_FORM_CONTINUING).
 *
 * Why it ends, and ends with all headers here:
 *  - A question goes on from the heaviest header that leads on from what is known of the peer's
 *    chain (position()), never from the beginning again. Where the peer is on another branch, the
 *    steps of the locator may reach far below the fork; a continuation begins no earlier than the
 *    answer before it ended (continuation()), so each answer moves it.
 *  - A continuation whose answer leads no further than the question is the last: a chain of
 *    questions rises strictly, and a peer cannot show more headers than it has work for. It may
 *    fall once after each question that ran out: the peer may have left the branch meanwhile.
 *  - A question that runs out is asked again: a poll of somebody else, the others of the same peer
 *    or of one that has shown the header too, after longer and longer times (request.h). That one
 *    may have nothing above it, so the first is asked again after it.
 *  - A late answer is an answer. What comes without a question is read as well: it costs its sender
 *    the same work, and it saves asking.
 *  - Headers are refused for ever only for what their own bytes, or their ancestors', say. Those
 *    below a final block are kept and lead nowhere; a header that is not yet due ends the reading,
 *    and polling brings it back.
 *  - A poll that runs out while other questions are open asks nobody else, so that a line which is
 *    slower than the time-out is not filled with the same answer from everybody.
 *
 * What a peer can make this node hold is bounded by work: headers of a branch that has too little
 * are read and not kept (presync.h).
 *
 * ghost: what weighs beside the chain matters too, however deep. An answer has all joined blocks in
 * order of height and id. A question gives, with each hash of its locator, the sum of the ids that
 * have joined up to its place; the answer begins after the first hash where the peer's sum is the
 * same, so it shows what differs, and nothing when nothing does. A continuation has no sums and
 * goes on from its place.
 */
#ifndef CORE_NODE_HEADER_SYNC_H
#define CORE_NODE_HEADER_SYNC_H

#include "core/node/message.h"
#include "core/node/request.h"

/* Notes the tip that a peer names in its handshake, and asks for it when it is not known here. */
void kette_headers_on_greeting(KetteNode *node, uint32_t peer, const KetteHash *tip);
/* Asks the next idle peer what follows on its chain. */
void kette_headers_poll(KetteNode *node);
/* Asks this peer; once more after the present answer if a question is under way. */
void kette_headers_ask(KetteNode *node, uint32_t peer);
void kette_headers_on_response(KetteNode *node, uint32_t peer, const KetteMessage *message);
/* Puts the question to the next peer, or to the same again, or ends it. */
void kette_headers_move_on(KetteNode *node, KetteRequest *request);

#endif
