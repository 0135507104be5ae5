/* A switch between the network devices of processes: it carries IP packets from one to another with
 * the latency, loss and rate of each pair, and not across a cut.
 *
 * Each process has a network namespace with a TUN device (namespace.h) whose other end is here. It
 * is what tc-netem does, with the scenario's own distributions of latencies, and without a kernel
 * module that many machines lack. Packets of a pair come in order. A thread of its own carries
 * them. Times and rates are those of the machine.
 */
#ifndef SIM_LIVE_SWITCH_H
#define SIM_LIVE_SWITCH_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct LiveSwitch LiveSwitch;

/* One direction of a pair. */
typedef struct {
    const int64_t *delays_ns; /* one is drawn for each packet; copied */
    uint32_t delay_count;     /* 0: no packet passes */
    uint32_t loss_ppb;
    uint64_t rate_bps;    /* 0: no limit */
    uint64_t queue_bytes; /* most bytes that wait for the line */
} LiveLink;

/* Makes a switch for devices 0 … count − 1, over which no packet passes yet. Returns NULL with an
 * error. */
LiveSwitch *live_switch_new(uint32_t count, GError **error);
void live_switch_free(LiveSwitch *sw);
/* The next three may be called at any time. Replaces the link of a pair. */
void live_switch_set_link(LiveSwitch *sw, uint32_t from, uint32_t to, const LiveLink *link);
/* Replaces the device of a node, and takes the new one over; -1 leaves the node without one. */
void live_switch_set_device(LiveSwitch *sw, uint32_t node, int fd);
/* Cuts a pair, so that its packets are lost, or ends the cut. */
void live_switch_set_cut(LiveSwitch *sw, uint32_t from, uint32_t to, bool is_cut);

#endif
