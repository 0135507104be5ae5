/* A stream of bytes cut into frames: where it is cut into pieces changes nothing. */
#include "core/node/message.h"
#include "sim/live/frame.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define MOST 2000

/* What a stream gave. */
typedef struct {
    unsigned frames;
    gsize bytes;
    bool is_bad;
} Given;

static Given
cut(const uint8_t *data, size_t size, size_t piece)
{
    static const KetteHash genesis = {{0}};
    Given given = {0};
    LiveFrames frames;

    live_frames_init(&frames, &genesis, MOST);
    for (size_t at = 0; at < size && !given.is_bad; at += piece) {
        const uint8_t *frame;
        gsize len;
        LiveFrame next;

        live_frames_push(&frames, data + at, MIN(piece, size - at));
        while ((next = live_frames_next(&frames, &frame, &len)) == LIVE_FRAME_WHOLE) {
            if (len < KETTE_FRAME_BYTES || len > KETTE_FRAME_BYTES + MOST ||
                memcmp(frame, data + given.bytes, len) != 0)
                abort();
            given.frames++;
            given.bytes += len;
        }
        given.is_bad = next == LIVE_FRAME_BAD;
        if (!given.is_bad && live_frames_waiting(&frames) > KETTE_FRAME_BYTES + MOST)
            abort();
    }
    live_frames_clear(&frames);
    return given;
}

void
fuzz_stream(const uint8_t *data, size_t size)
{
    static const size_t pieces[] = {1, 7, 13, 100};
    Given whole = cut(data, size, size + 1);

    for (unsigned i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        Given other = cut(data, size, pieces[i]);

        if (other.frames != whole.frames || other.bytes != whole.bytes ||
            other.is_bad != whole.is_bad)
            abort();
    }
}
