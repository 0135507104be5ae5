/* Cuts a stream of bytes into the frames of messages (core/node/message.h).
 *
 * The bytes are a stranger's. A frame that does not begin with the chain's magic, names no kind of
 * message or is longer than allowed ends the stream as soon as its first 13 bytes are here. At most
 * one frame and the bytes of a single push are kept.
 */
#ifndef SIM_LIVE_FRAME_H
#define SIM_LIVE_FRAME_H

#include "core/base/hash.h"

#include <glib.h>

typedef struct {
    uint8_t magic[4];
    uint32_t most; /* bytes of a payload, at most KETTE_MESSAGE_MAX_BYTES */
    GByteArray *bytes;
    gsize start; /* offset of the first frame that was not taken */
} LiveFrames;

typedef enum {
    LIVE_FRAME_MORE, /* the next frame is not complete yet */
    LIVE_FRAME_WHOLE,
    LIVE_FRAME_BAD, /* the stream is of no use any more */
} LiveFrame;

void live_frames_init(LiveFrames *frames, const KetteHash *genesis, uint32_t most);
void live_frames_clear(LiveFrames *frames);
/* Appends a copy of received bytes. */
void live_frames_push(LiveFrames *frames, const uint8_t *data, gsize len);
/* Takes the next frame out. Its bytes are valid until the next push. */
LiveFrame live_frames_next(LiveFrames *frames, const uint8_t **ret_frame, gsize *ret_len);
/* Returns the bytes that wait for the rest of their frame. */
gsize live_frames_waiting(const LiveFrames *frames);

#endif
