/* The switch of packets; see switch.h. */
#define _GNU_SOURCE /* ppoll() */
#include "sim/live/switch.h"

#include "sim/live/clock.h"
#include "sim/live/namespace.h"

#include <errno.h>
#include <gio/gio.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define PACKET_MAX 65536
#define READS_MAX 64 /* packets of a device in a row, so that none waits for long */

typedef struct {
    int64_t *delays_ns;
    uint32_t delay_count, loss_ppb;
    uint64_t rate_bps, queue_bytes;
    int64_t busy_until_ns; /* time until which the line is busy */
    int64_t last_due_ns;   /* the next packet is due no earlier, so they stay in order */
    int is_cut;            /* atomic */
} Pair;

typedef struct {
    int64_t due_ns;
    uint64_t number; /* in order of sending */
    uint32_t to;
    GBytes *bytes;
} Packet;

struct LiveSwitch {
    uint32_t count;
    Pair *pairs; /* from * count + to */
    GMutex lock; /* of devices and links, held while a device is read */
    int *devices;
    int wake;    /* eventfd */
    int is_over; /* atomic */
    GThread *thread;
    GSequence *packets; /* Packet, by due time; only the thread uses this and the rest */
    uint64_t numbers;
    GRand *random;
};

static Pair *
pair_of(const LiveSwitch *sw, uint32_t from, uint32_t to)
{
    return &sw->pairs[(size_t)from * sw->count + to];
}

/* --- packets under way -------------------------------------------------------------------- */

static void
packet_free(gpointer data)
{
    Packet *packet = data;

    g_bytes_unref(packet->bytes);
    g_free(packet);
}

static gint
compare_packets(gconstpointer a, gconstpointer b, gpointer user)
{
    const Packet *x = a, *y = b;

    (void)user;
    return x->due_ns != y->due_ns ? (x->due_ns > y->due_ns ? 1 : -1)
                                  : (x->number > y->number) - (x->number < y->number);
}

/* Returns the packet that is due first, or NULL. */
static const Packet *
first_packet(const LiveSwitch *sw)
{
    return g_sequence_is_empty(sw->packets)
               ? NULL
               : g_sequence_get(g_sequence_get_begin_iter(sw->packets));
}

/* --- packets ------------------------------------------------------------------------------ */

/* Takes the packet through the line. Returns false if there is no room for it. */
static bool
pass_line(Pair *pair, int64_t *now_ns, size_t len)
{
    int64_t takes_ns, waits_ns = MAX(pair->busy_until_ns - *now_ns, 0);

    if (pair->rate_bps == 0)
        return true;
    takes_ns = (int64_t)((__int128)len * 8 * 1000000000 / pair->rate_bps);
    if (waits_ns > 0 &&
        (__int128)waits_ns * pair->rate_bps / 8 / 1000000000 + len > pair->queue_bytes)
        return false;
    pair->busy_until_ns = *now_ns + waits_ns + takes_ns;
    *now_ns = pair->busy_until_ns;
    return true;
}

static void
carry(LiveSwitch *sw, uint32_t from, const uint8_t *bytes, size_t len)
{
    uint32_t to = len >= LIVE_IP_HEADER ? live_namespace_node(bytes + LIVE_IP_TO) : UINT32_MAX;
    int64_t at_ns = live_clock_monotonic_ns();
    Packet *packet;
    Pair *pair;

    if (to >= sw->count || bytes[0] >> 4 != 4)
        return; /* what the kernel says to nobody in particular */
    pair = pair_of(sw, from, to);
    if (pair->delay_count == 0 || g_atomic_int_get(&pair->is_cut) || !pass_line(pair, &at_ns, len))
        return;
    if (pair->loss_ppb > 0 && g_rand_double(sw->random) * 1e9 < pair->loss_ppb)
        return;
    at_ns += pair->delays_ns[g_rand_int_range(sw->random, 0, (gint32)pair->delay_count)];
    pair->last_due_ns = MAX(pair->last_due_ns, at_ns);
    packet = g_new(Packet, 1);
    *packet = (Packet){pair->last_due_ns, sw->numbers++, to, g_bytes_new(bytes, len)};
    g_sequence_insert_sorted(sw->packets, packet, compare_packets, NULL);
}

/* Writes what is due. A packet that the device does not take is lost, as on a wire. */
static void
deliver_due(LiveSwitch *sw)
{
    int64_t now_ns = live_clock_monotonic_ns();

    for (const Packet *packet; (packet = first_packet(sw)) != NULL && packet->due_ns <= now_ns;) {
        gsize len;
        const uint8_t *bytes = g_bytes_get_data(packet->bytes, &len);
        ssize_t put = 0;

        g_mutex_lock(&sw->lock);
        if (sw->devices[packet->to] >= 0)
            put = write(sw->devices[packet->to], bytes, len);
        g_mutex_unlock(&sw->lock);
        (void)put;
        g_sequence_remove(g_sequence_get_begin_iter(sw->packets));
    }
}

static void
read_device(LiveSwitch *sw, uint32_t from, int fd)
{
    uint8_t bytes[PACKET_MAX];

    for (int i = 0; i < READS_MAX; i++) {
        ssize_t got = read(fd, bytes, sizeof bytes);

        if (got <= 0)
            return;
        carry(sw, from, bytes, (size_t)got);
    }
}

/* --- the thread --------------------------------------------------------------------------- */

/* Waits for packets or for the first that is due. fds: the devices, then the wake-up. */
static void
wait_for_work(LiveSwitch *sw, struct pollfd *fds)
{
    const Packet *first = first_packet(sw);
    int64_t wait_ns = first != NULL ? MAX(first->due_ns - live_clock_monotonic_ns(), 0) : 0;
    const struct timespec wait = {wait_ns / 1000000000, wait_ns % 1000000000};

    g_mutex_lock(&sw->lock);
    for (uint32_t i = 0; i < sw->count; i++)
        fds[i] = (struct pollfd){.fd = sw->devices[i], .events = POLLIN};
    g_mutex_unlock(&sw->lock);
    fds[sw->count] = (struct pollfd){.fd = sw->wake, .events = POLLIN};
    (void)ppoll(fds, sw->count + 1, first != NULL ? &wait : NULL, NULL);
}

static void *
run_thread(void *user)
{
    LiveSwitch *sw = user;
    g_autofree struct pollfd *fds = g_new0(struct pollfd, sw->count + 1);

    prctl(PR_SET_TIMERSLACK, 1);
    while (!g_atomic_int_get(&sw->is_over)) {
        uint64_t count;

        wait_for_work(sw, fds);
        if (fds[sw->count].revents != 0 && read(sw->wake, &count, sizeof count) < 0)
            break;
        for (uint32_t i = 0; i < sw->count; i++) {
            g_mutex_lock(&sw->lock);
            if (fds[i].revents != 0 && fds[i].fd == sw->devices[i])
                read_device(sw, i, fds[i].fd);
            g_mutex_unlock(&sw->lock);
        }
        deliver_due(sw);
    }
    return NULL;
}

static void
wake_up(LiveSwitch *sw)
{
    uint64_t one = 1;
    ssize_t put = write(sw->wake, &one, sizeof one);

    (void)put;
}

/* --- life --------------------------------------------------------------------------------- */

LiveSwitch *
live_switch_new(uint32_t count, GError **error)
{
    LiveSwitch *sw = g_new0(LiveSwitch, 1);

    sw->wake = eventfd(0, EFD_CLOEXEC);
    if (sw->wake < 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot make a switch: %s",
                    g_strerror(errno));
        g_free(sw);
        return NULL;
    }
    sw->count = count;
    sw->pairs = g_new0(Pair, (size_t)count * count);
    sw->devices = g_new(int, count);
    for (uint32_t i = 0; i < count; i++)
        sw->devices[i] = -1;
    sw->packets = g_sequence_new(packet_free);
    sw->random = g_rand_new();
    g_mutex_init(&sw->lock);
    sw->thread = g_thread_new("switch", run_thread, sw);
    return sw;
}

void
live_switch_set_link(LiveSwitch *sw, uint32_t from, uint32_t to, const LiveLink *link)
{
    Pair *pair = pair_of(sw, from, to);

    g_mutex_lock(&sw->lock);
    g_free(pair->delays_ns);
    pair->delays_ns = g_memdup2(link->delays_ns, link->delay_count * sizeof *link->delays_ns);
    pair->delay_count = link->delay_count;
    pair->loss_ppb = link->loss_ppb;
    pair->rate_bps = link->rate_bps;
    pair->queue_bytes = link->queue_bytes;
    g_mutex_unlock(&sw->lock);
}

void
live_switch_set_device(LiveSwitch *sw, uint32_t node, int fd)
{
    int before;

    g_mutex_lock(&sw->lock);
    before = sw->devices[node];
    sw->devices[node] = fd;
    g_mutex_unlock(&sw->lock);
    if (before >= 0)
        close(before);
    wake_up(sw);
}

void
live_switch_set_cut(LiveSwitch *sw, uint32_t from, uint32_t to, bool is_cut)
{
    g_atomic_int_set(&pair_of(sw, from, to)->is_cut, is_cut);
}

void
live_switch_free(LiveSwitch *sw)
{
    if (sw == NULL)
        return;
    g_atomic_int_set(&sw->is_over, 1);
    wake_up(sw);
    g_thread_join(sw->thread);
    for (uint32_t i = 0; i < sw->count; i++) {
        if (sw->devices[i] >= 0)
            close(sw->devices[i]);
    }
    for (size_t i = 0; i < (size_t)sw->count * sw->count; i++)
        g_free(sw->pairs[i].delays_ns);
    g_sequence_free(sw->packets);
    g_rand_free(sw->random);
    close(sw->wake);
    g_mutex_clear(&sw->lock);
    g_free(sw->pairs);
    g_free(sw->devices);
    g_free(sw);
}
