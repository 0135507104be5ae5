/* What happens in a node as one line of JSON.
 *
 *   {"event":"body","at":12000000000,"from":"127.0.0.2:8002","id":"…","height":7,"block":"…"}
 *
 * "at" is the node's time in ns. "from" is the peer, or null for what the node made itself. Bytes
 * of blocks and payments are hex.
 */
#ifndef SIM_LIVE_EVENT_H
#define SIM_LIVE_EVENT_H

#include "core/node/host.h"

const char *live_event_name(KetteNoteKind kind); /* "body", "tip", … */
/* Returns the line without its newline, to be freed. */
char *live_event_text(const KetteNote *note, const char *from, int64_t now_ns);

#endif
