/* What a link does to messages: the parameters that edges share by class.
 *
 * A plain value: copy it, change a field, set it on edges (sim_net_set_link). Measured times that a
 * latency names are the net's (sim_net_add_times). The meaning of each field is in net.h, at
 * sim_net_send.
 *
 * Loss is Bernoulli or, with to_bad_ppb > 0, Gilbert-Elliott (Gilbert, Bell Syst. Tech. J. 39(5),
 * 1960; Elliott, ibid. 42(5), 1963): an edge is in a good or a bad state, good at first; a message
 * is lost with its state's probability, and after each message the state changes with probability
 * to_bad_ppb or to_good_ppb. In the long run the share to_bad / (to_bad + to_good) of messages
 * meets the bad state, in runs of 1 / to_good messages on average.
 */
#ifndef SIM_NET_LINK_H
#define SIM_NET_LINK_H

#include "sim/engine/distribution.h"
#include "sim/engine/time.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    SIM_TRANSPORT_DATAGRAM, /* what is lost is lost */
    SIM_TRANSPORT_STREAM,   /* in order and whole: a loss becomes a delay, a long cut breaks it */
} SimTransport;

/* Probabilities are in units of 10^-9. */
typedef struct {
    SimDistribution latency;
    SimTime min;           /* a floor under the latency */
    SimTime jitter;        /* adds uniform 0..jitter */
    SimTime small_extra;   /* added to messages of fewer than SIM_SMALL_BYTES */
    uint64_t rate_bps;     /* bits a second; 0 is no limit */
    uint64_t queue_bytes;  /* what may wait for the line; only with a rate */
    uint32_t loss_ppb;     /* in the good state, which without to_bad_ppb is the only one */
    uint32_t bad_loss_ppb; /* in the bad state */
    uint32_t to_bad_ppb;   /* from good to bad, a message; 0: Bernoulli */
    uint32_t to_good_ppb;  /* from bad to good */
    uint32_t duplicate_ppb;
    uint32_t reorder_ppb;
    uint32_t corrupt_ppb;
    SimTransport transport;
    bool fifo; /* never before the message sent before it on the same edge */
} SimLinkSpec;

#define SIM_SMALL_BYTES 1000

/* latency 50 ms, queue 1 MB (10^6 bytes), fifo, datagram; all else 0. */
SimLinkSpec sim_link_spec_default(void);

bool sim_link_spec_equal(const SimLinkSpec *a, const SimLinkSpec *b);

/* False, and why in words for a user, when a field is out of range. */
bool sim_link_spec_check(const SimLinkSpec *spec, const char **ret_why);

/* How long `bytes` occupy a line of rate_bps > 0, rounded up to the next ns. */
SimTime sim_link_serialisation(uint64_t bytes, uint64_t rate_bps);

#endif
