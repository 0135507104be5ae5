/* What a link does to messages: the parameters that edges share by class.
 *
 * A plain value without pointers: copy it, change a field, set it on edges (sim_net_set_link). The
 * meaning of each field is in net.h, at sim_net_send.
 */
#ifndef SIM_NET_LINK_H
#define SIM_NET_LINK_H

#include "sim/engine/distribution.h"
#include "sim/engine/time.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    SimDistribution latency;
    SimTime min;          /* a floor under the latency */
    SimTime jitter;       /* adds uniform 0..jitter */
    uint64_t rate_bps;    /* bits a second; 0 is no limit */
    uint64_t queue_bytes; /* what may wait for the line; only with a rate */
    uint32_t loss_ppb;    /* probability in units of 10^-9 */
    bool fifo;            /* never before the message sent before it on the same edge */
} SimLinkSpec;

/* latency 50 ms, queue 1 MB (10^6 bytes), fifo; no minimum, jitter, loss or rate. */
SimLinkSpec sim_link_spec_default(void);

bool sim_link_spec_equal(const SimLinkSpec *a, const SimLinkSpec *b);

/* False, and why in words for a user, when a field is out of range. */
bool sim_link_spec_check(const SimLinkSpec *spec, const char **ret_why);

/* How long `bytes` occupy a line of rate_bps > 0, rounded up to the next ns. */
SimTime sim_link_serialisation(uint64_t bytes, uint64_t rate_bps);

#endif
