/* Link parameters: defaults, equality, ranges, and the time on the line. */
#include "sim/net/link.h"

#include "sim/engine/assert.h"

#include <stddef.h>

typedef unsigned __int128 u128;

SimLinkSpec
sim_link_spec_default(void)
{
    return (SimLinkSpec){
        .latency = sim_distribution_constant(50 * SIM_MS),
        .queue_bytes = 1000 * 1000,
        .fifo = true,
    };
}

bool
sim_link_spec_equal(const SimLinkSpec *a, const SimLinkSpec *b)
{
    return a->latency.kind == b->latency.kind && a->latency.a == b->latency.a &&
           a->latency.b == b->latency.b && a->latency.parameter == b->latency.parameter &&
           a->latency.times == b->latency.times && a->min == b->min && a->jitter == b->jitter &&
           a->small_extra == b->small_extra && a->rate_bps == b->rate_bps &&
           a->queue_bytes == b->queue_bytes && a->loss_ppb == b->loss_ppb &&
           a->bad_loss_ppb == b->bad_loss_ppb && a->to_bad_ppb == b->to_bad_ppb &&
           a->to_good_ppb == b->to_good_ppb && a->duplicate_ppb == b->duplicate_ppb &&
           a->reorder_ppb == b->reorder_ppb && a->corrupt_ppb == b->corrupt_ppb &&
           a->transport == b->transport && a->fifo == b->fifo;
}

static const char *
find_fault(const SimLinkSpec *spec)
{
    if (spec->min < 0)
        return "a link's min must not be negative";
    if (spec->jitter < 0)
        return "a link's jitter must not be negative";
    if (spec->small_extra < 0)
        return "what a link adds to small messages must not be negative";
    if (spec->loss_ppb > SIM_PPB || spec->bad_loss_ppb > SIM_PPB)
        return "a link's loss must be at most 100%";
    if (spec->to_bad_ppb > SIM_PPB || spec->to_good_ppb > SIM_PPB)
        return "a change of a link's state must have a probability of at most 100%";
    if (spec->duplicate_ppb > SIM_PPB)
        return "a link's duplicate must be at most 100%";
    if (spec->reorder_ppb > SIM_PPB)
        return "a link's reorder must be at most 100%";
    if (spec->corrupt_ppb > SIM_PPB)
        return "a link's corrupt must be at most 100%";
    return spec->transport <= SIM_TRANSPORT_STREAM ? NULL : "no such transport";
}

bool
sim_link_spec_check(const SimLinkSpec *spec, const char **ret_why)
{
    const char *why = find_fault(spec);

    if (why == NULL)
        return sim_distribution_check(&spec->latency, ret_why);
    if (ret_why != NULL)
        *ret_why = why;
    return false;
}

SimTime
sim_link_serialisation(uint64_t bytes, uint64_t rate_bps)
{
    u128 bit_ns = (u128)bytes * 8 * (u128)SIM_S;

    sim_assert(rate_bps > 0);
    bit_ns = (bit_ns + rate_bps - 1) / rate_bps;
    return bit_ns > (u128)SIM_TIME_NEVER ? SIM_TIME_NEVER : (SimTime)bit_ns;
}
