/* Frames of a stream; see frame.h. */
#include "sim/live/frame.h"

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/node/message.h"

#define KEPT_BYTES 4096 /* of an empty buffer */

void
live_frames_init(LiveFrames *frames, const KetteHash *genesis, uint32_t most)
{
    *frames = (LiveFrames){.most = MIN(most, KETTE_MESSAGE_MAX_BYTES), .bytes = g_byte_array_new()};
    memcpy(frames->magic, genesis->b, sizeof frames->magic);
}

void
live_frames_clear(LiveFrames *frames)
{
    g_clear_pointer(&frames->bytes, g_byte_array_unref);
}

gsize
live_frames_waiting(const LiveFrames *frames)
{
    return frames->bytes->len - frames->start;
}

/* Drops the frames that were taken. Frees a buffer that a large message has grown. */
static void
drop_taken(LiveFrames *frames)
{
    if (frames->start == 0)
        return;
    if (live_frames_waiting(frames) == 0 && frames->start > KEPT_BYTES) {
        g_byte_array_unref(frames->bytes);
        frames->bytes = g_byte_array_new();
    } else {
        g_byte_array_remove_range(frames->bytes, 0, (guint)frames->start);
    }
    frames->start = 0;
}

void
live_frames_push(LiveFrames *frames, const uint8_t *data, gsize len)
{
    drop_taken(frames);
    g_byte_array_append(frames->bytes, data, (guint)len);
}

LiveFrame
live_frames_next(LiveFrames *frames, const uint8_t **ret_frame, gsize *ret_len)
{
    const uint8_t *at = frames->bytes->data + frames->start;
    gsize left = live_frames_waiting(frames);
    uint32_t length;

    if (left < KETTE_FRAME_BYTES)
        return LIVE_FRAME_MORE;
    length = kette_get_le32(at + 5);
    if (memcmp(at, frames->magic, sizeof frames->magic) != 0 || at[4] >= KETTE_MSG_COUNT ||
        length > frames->most)
        return LIVE_FRAME_BAD;
    if (left - KETTE_FRAME_BYTES < length)
        return LIVE_FRAME_MORE;
    *ret_frame = at;
    *ret_len = KETTE_FRAME_BYTES + (gsize)length;
    frames->start += *ret_len;
    return LIVE_FRAME_WHOLE;
}
