/* What a stranger's bytes can do: frames, addresses, the clock, and what is said of events. */
#include "core/base/bytes.h"
#include "core/node/message.h"
#include "sim/live/address.h"
#include "sim/live/clock.h"
#include "sim/live/event.h"
#include "sim/live/frame.h"
#include "tests/fuzz/fuzz.h"
#include "tests/harness/harness.h"

#include <string.h>

#define MOST 1000

static const KetteHash genesis = {{1, 2, 3, 4}};

static void
put_frame(GByteArray *out, uint8_t kind, uint32_t length)
{
    uint8_t head[KETTE_FRAME_BYTES] = {1, 2, 3, 4, kind};
    guint at = out->len + KETTE_FRAME_BYTES;

    kette_put_le32(head + 5, length);
    g_byte_array_append(out, head, sizeof head);
    g_byte_array_set_size(out, at + length);
    memset(out->data + at, kind, length);
}

/* The stream's frames are the same wherever it is cut into pieces. */
static void
frames_in_pieces(void)
{
    g_autoptr(GByteArray) stream = g_byte_array_new();

    put_frame(stream, 1, 0);
    put_frame(stream, 2, 700);
    put_frame(stream, 3, MOST);
    for (gsize piece = 1; piece <= stream->len; piece += piece < 40 ? 1 : 97) {
        LiveFrames frames;
        uint8_t kinds[4] = {0};
        unsigned count = 0;

        live_frames_init(&frames, &genesis, MOST);
        for (gsize at = 0; at < stream->len; at += piece) {
            const uint8_t *frame;
            gsize len;

            live_frames_push(&frames, stream->data + at, MIN(piece, stream->len - at));
            while (count < 4 && live_frames_next(&frames, &frame, &len) == LIVE_FRAME_WHOLE) {
                CU_ASSERT_EQUAL(len, KETTE_FRAME_BYTES + kette_get_le32(frame + 5));
                CU_ASSERT_EQUAL(frame[len - 1], len > KETTE_FRAME_BYTES ? frame[4] : 0);
                kinds[count++] = frame[4];
            }
        }
        CU_ASSERT_EQUAL(count, 3);
        CU_ASSERT(memcmp(kinds, "\1\2\3", 3) == 0);
        CU_ASSERT_EQUAL(live_frames_waiting(&frames), 0);
        live_frames_clear(&frames);
    }
}

/* 13 bytes are enough to end a stream that is of no use: nothing waits for what they promise. */
static void
frames_refused(void)
{
    static const struct {
        gsize at;
        uint8_t byte;
    } spoilt[] = {{0, 9}, {3, 9}, {4, KETTE_MSG_COUNT}, {4, 255}, {6, 255}, {8, 1}};

    for (unsigned i = 0; i < G_N_ELEMENTS(spoilt); i++) {
        g_autoptr(GByteArray) stream = g_byte_array_new();
        LiveFrames frames;
        const uint8_t *frame;
        gsize len;

        put_frame(stream, 1, 0);
        stream->data[spoilt[i].at] = spoilt[i].byte;
        live_frames_init(&frames, &genesis, MOST);
        live_frames_push(&frames, stream->data, stream->len - 1);
        CU_ASSERT_EQUAL(live_frames_next(&frames, &frame, &len), LIVE_FRAME_MORE);
        live_frames_push(&frames, stream->data + stream->len - 1, 1);
        CU_ASSERT_EQUAL(live_frames_next(&frames, &frame, &len), LIVE_FRAME_BAD);
        live_frames_clear(&frames);
    }
}

static void
corpus(void)
{
    fuzz_replay("tests/fuzz/corpus/stream", fuzz_stream);
}

static void
addresses(void)
{
    static const char *const good[] = {"127.0.0.1:8001", "[::1]:65535", "10.77.0.200:1",
                                       "[2001:db8::7]:80"};
    static const char *const bad[] = {
        "",        "127.0.0.1",    "127.0.0.1:0",    "::1:80", "127.0.0.1:-1",  "127.0.0.1:65536",
        "[::1:80", "localhost:80", "[127.0.0.1]:80", ":80",    "127.0.0.1:80x", "[]:80"};

    for (unsigned i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GInetSocketAddress) address = live_address_parse(good[i]);
        KettePeerAddress core = live_address_to_core(address);
        g_autoptr(GInetSocketAddress) again = live_address_of_core(&core);
        g_autofree char *text = live_address_text(again);

        TEST_STR_EQUAL(text, good[i]);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
        CU_ASSERT_PTR_NULL(live_address_parse(bad[i]));
}

static void
speeds(void)
{
    uint32_t speed = 7;

    CU_ASSERT(live_clock_parse_speed("60", &speed) && speed == 60000);
    CU_ASSERT(live_clock_parse_speed("0.25", &speed) && speed == 250);
    CU_ASSERT(live_clock_parse_speed("1000", &speed) && speed == 1000000);
    CU_ASSERT(live_clock_parse_speed(".001", &speed) && speed == 1);
    CU_ASSERT_FALSE(live_clock_parse_speed("0", &speed));
    CU_ASSERT_FALSE(live_clock_parse_speed("1000.001", &speed));
    CU_ASSERT_FALSE(live_clock_parse_speed("0.0001", &speed));
    CU_ASSERT_FALSE(live_clock_parse_speed("-1", &speed));
    CU_ASSERT_FALSE(live_clock_parse_speed("1e3", &speed));
    CU_ASSERT_FALSE(live_clock_parse_speed(".", &speed));
    CU_ASSERT_FALSE(live_clock_parse_speed("99999999999999999999", &speed));
    CU_ASSERT_EQUAL(speed, 1); /* the last good one */
}

/* At twice the speed a wait takes half; the moment is not before the clock shows the time. */
static void
clock_at_speed(void)
{
    LiveClock clock = {.zero_ns = live_clock_monotonic_ns(), .speed = 2 * LIVE_SPEED_UNIT};
    int64_t now;

    CU_ASSERT_EQUAL(live_clock_wait(&clock, 10), 5);
    CU_ASSERT_EQUAL(live_clock_wait(&clock, 11), 6);
    CU_ASSERT_EQUAL(live_clock_wait(&clock, 0), 1);
    CU_ASSERT_EQUAL(live_clock_moment(&clock, 1000), clock.zero_ns + 500);
    clock.speed = LIVE_SPEED_UNIT / 2;
    CU_ASSERT_EQUAL(live_clock_wait(&clock, 10), 20);
    CU_ASSERT_EQUAL(live_clock_moment(&clock, INT64_MAX), INT64_MAX);
    now = live_clock_now(&clock);
    CU_ASSERT(now >= 0 && live_clock_now(&clock) >= now);
    clock = (LiveClock){.zero_ns = -5000,
                        .speed = LIVE_SPEED_UNIT}; /* a chain older than the machine */
    CU_ASSERT_EQUAL(live_clock_moment(&clock, 7000), 2000);
    CU_ASSERT(live_clock_now(&clock) > 5000);
    clock.zero_ns = INT64_MAX;
    CU_ASSERT_EQUAL(live_clock_now(&clock), 0);
}

static void
events(void)
{
    static const KetteHash id = {{0xab}};
    const KetteNote note = {.kind = KETTE_NOTE_REFUSED, .id = &id, .verdict = KETTE_BAD_BITS};
    const KetteNote banned = {.kind = KETTE_NOTE_BANNED, .reason = "\"quoted\"\n"};
    g_autofree char *refused = live_event_text(&note, "127.0.0.1:80", 12);
    g_autofree char *text = live_event_text(&banned, NULL, 0);

    TEST_STR_EQUAL(refused, "{\"event\":\"refused\",\"at\":12,\"from\":\"127.0.0.1:80\",\"id\":"
                            "\"00000000000000000000000000000000000000000000000000000000000000ab\","
                            "\"verdict\":\"bad-bits\"}");
    TEST_STR_EQUAL(text, "{\"event\":\"banned\",\"at\":0,\"from\":null,"
                         "\"reason\":\"\\\"quoted\\\"\\n\"}");
}

TEST_SUITE(stream, {"frames_in_pieces", frames_in_pieces}, {"frames_refused", frames_refused},
           {"corpus", corpus}, {"addresses", addresses}, {"speeds", speeds},
           {"clock_at_speed", clock_at_speed}, {"events", events})
