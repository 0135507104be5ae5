/* The switch between devices; pairs of datagram sockets stand for TUN devices. */
#include "sim/live/clock.h"
#include "sim/live/namespace.h"
#include "sim/live/switch.h"
#include "tests/harness/harness.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEVICES 3
#define DELAY_NS INT64_C(20000000)

typedef struct {
    LiveSwitch *sw;
    int ends[DEVICES]; /* of the nodes */
} Bench;

static void
bench_init(Bench *bench, const LiveLink *link)
{
    bench->sw = live_switch_new(DEVICES, NULL);
    for (uint32_t a = 0; a < DEVICES; a++) {
        for (uint32_t b = 0; b < DEVICES; b++)
            live_switch_set_link(bench->sw, a, b, link);
    }
    for (uint32_t i = 0; i < DEVICES; i++) {
        int pair[2];

        CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) == 0);
        bench->ends[i] = pair[0];
        CU_ASSERT_EQUAL(fcntl(pair[1], F_SETFL, O_NONBLOCK), 0);
        live_switch_set_device(bench->sw, i, pair[1]);
    }
}

static void
bench_clear(Bench *bench)
{
    live_switch_free(bench->sw);
    for (unsigned i = 0; i < DEVICES; i++)
        close(bench->ends[i]);
}

static void
send_packet(const Bench *bench, uint32_t from, uint32_t to, uint8_t number, size_t len)
{
    uint8_t packet[1500] = {0x45};

    live_namespace_address(packet + LIVE_IP_TO, to);
    packet[LIVE_IP_HEADER] = number;
    CU_ASSERT_EQUAL(send(bench->ends[from], packet, len, 0), (ssize_t)len);
}

/* Waits for a packet; its number. */
static uint8_t
receive_packet(const Bench *bench, uint32_t at)
{
    uint8_t packet[1500] = {0};

    CU_ASSERT(recv(bench->ends[at], packet, sizeof packet, 0) > LIVE_IP_HEADER);
    return packet[LIVE_IP_HEADER];
}

static void
delayed_and_in_order(void)
{
    static const int64_t delays[] = {DELAY_NS, 2 * DELAY_NS, 3 * DELAY_NS};
    const LiveLink link = {.delays_ns = delays, .delay_count = G_N_ELEMENTS(delays)};
    int64_t began = live_clock_monotonic_ns();
    Bench bench;

    bench_init(&bench, &link);
    for (uint8_t i = 1; i <= 20; i++)
        send_packet(&bench, 0, 2, i, 100);
    for (uint8_t i = 1; i <= 20; i++)
        CU_ASSERT_EQUAL(receive_packet(&bench, 2), i);
    CU_ASSERT(live_clock_monotonic_ns() - began >= DELAY_NS);
    bench_clear(&bench);
}

/* What is sent across a cut is lost; the way back is not cut. */
static void
cut_one_way(void)
{
    static const int64_t delays[] = {1000};
    const LiveLink link = {.delays_ns = delays, .delay_count = 1};
    Bench bench;

    bench_init(&bench, &link);
    live_switch_set_cut(bench.sw, 0, 1, true);
    send_packet(&bench, 0, 1, 1, 100);
    send_packet(&bench, 0, 2, 2, 100); /* behind it in the device, so the first was read */
    CU_ASSERT_EQUAL(receive_packet(&bench, 2), 2);
    send_packet(&bench, 1, 0, 3, 100);
    CU_ASSERT_EQUAL(receive_packet(&bench, 0), 3);
    live_switch_set_cut(bench.sw, 0, 1, false);
    send_packet(&bench, 0, 1, 4, 100);
    CU_ASSERT_EQUAL(receive_packet(&bench, 1), 4);
    bench_clear(&bench);
}

static void
lost_and_unlinked(void)
{
    static const int64_t delays[] = {1000};
    LiveLink link = {.delays_ns = delays, .delay_count = 1};
    Bench bench;

    bench_init(&bench, &link);
    link.loss_ppb = 1000000000;
    live_switch_set_link(bench.sw, 0, 1, &link);
    link = (LiveLink){.delays_ns = NULL};
    live_switch_set_link(bench.sw, 0, 0, &link);
    send_packet(&bench, 0, 1, 1, 100);
    send_packet(&bench, 0, 0, 2, 100);
    send_packet(&bench, 0, 200, 3, 100); /* nobody's address */
    send_packet(&bench, 0, 2, 4, 100);
    CU_ASSERT_EQUAL(receive_packet(&bench, 2), 4);
    send_packet(&bench, 2, 1, 5, 100);
    send_packet(&bench, 2, 0, 6, 100);
    CU_ASSERT_EQUAL(receive_packet(&bench, 1), 5);
    CU_ASSERT_EQUAL(receive_packet(&bench, 0), 6);
    bench_clear(&bench);
}

/* 500 bytes at 8 kbit/s take half a second; what the queue cannot hold behind them is lost. */
static void
rate_and_queue(void)
{
    static const int64_t delays[] = {1};
    const LiveLink link = {
        .delays_ns = delays, .delay_count = 1, .rate_bps = 8000, .queue_bytes = 600};
    int64_t began;
    Bench bench;

    bench_init(&bench, &link);
    began = live_clock_monotonic_ns();
    send_packet(&bench, 0, 1, 1, 500);
    send_packet(&bench, 0, 1, 2, 500);
    CU_ASSERT_EQUAL(receive_packet(&bench, 1), 1);
    CU_ASSERT(live_clock_monotonic_ns() - began >= 500000000);
    send_packet(&bench, 0, 1, 3, 30);
    CU_ASSERT_EQUAL(receive_packet(&bench, 1), 3);
    bench_clear(&bench);
}

TEST_SUITE(switch_of_packets, {"delayed_and_in_order", delayed_and_in_order},
           {"cut_one_way", cut_one_way}, {"lost_and_unlinked", lost_and_unlinked},
           {"rate_and_queue", rate_and_queue})
