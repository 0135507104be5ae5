/* Writes and reads an event of a node as one line of JSON.
 *
 *   {"event":"body","at":12000000000,"from":"127.0.0.2:8002","id":"…","height":7,"block":"…"}
 *
 * "at" is the node's time in ns. "from" is the address of the peer, or null if the node itself is
 * the origin. Bytes of blocks and payments are hex. A reader trusts the node as little as any peer,
 * and refuses an object that does not parse.
 */
#ifndef SIM_LIVE_EVENT_H
#define SIM_LIVE_EVENT_H

#include "core/node/host.h"

#include <json-glib/json-glib.h>

typedef struct {
    KetteNoteKind kind;
    int64_t at_ns;
    const char *from;     /* borrowed from the JSON; NULL: the node itself */
    KetteHash id;         /* zero if the event names nothing */
    KetteBlock *block;    /* BODY */
    KetteTx *tx;          /* of payments */
    KetteVerdict verdict; /* REFUSED */
    const char *reason;   /* BANNED; borrowed from the JSON */
} LiveEvent;

/* Returns the line without its newline, to be freed. */
char *live_event_text(const KetteNote *note, const char *from, int64_t now_ns);

const char *live_event_name(KetteNoteKind kind); /* "body", "tip", … */

/* Reads the object of an event. Returns false if it is none, or lacks a member that its kind needs.
 * After true the caller clears the event. */
bool live_event_parse(LiveEvent *ret_event, KetteHasher *hasher, JsonObject *object);
void live_event_clear(LiveEvent *event);

#endif
