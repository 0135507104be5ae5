/* Link parameters: defaults, equality, ranges, and the time on the line. */
#include "sim/net/link.h"

#include "sim/engine/assert.h"
#include "sim/engine/random.h"

#include <stddef.h>
#include <string.h>

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

/* -- fields --------------------------------------------------------------------------------- */

#define WHY_LATENCY ""
#define WHY_TIME " must not be negative"
#define WHY_RATE ""
#define WHY_BYTES ""
#define WHY_PPB " must be at most 100%"
#define WHY_WORD " is none of its words"

#define ROW(type, name, kind, option, column, words, needs, needs_size)                            \
    {option, column, SIM_LINK_##kind, offsetof(SimLinkSpec, name),  sizeof(type),                  \
     words,  needs,  needs_size,      "a link's " option WHY_##kind},
#define FIELD(type, name, kind, option, column, words)                                             \
    ROW(type, name, kind, option, column, words, 0, 0)
#define PART(type, name, kind, option, column, words, needs)                                       \
    ROW(type, name, kind, option, column, words, offsetof(SimLinkSpec, needs),                     \
        sizeof(((SimLinkSpec *)NULL)->needs))

const SimLinkField sim_link_fields[] = {SIM_LINK_FIELDS(FIELD, PART){.option = NULL}};

static uint64_t
get(const SimLinkSpec *spec, uint32_t offset, uint32_t size)
{
    const char *at = (const char *)spec + offset;
    uint64_t whole = 0;
    uint32_t half = 0;
    uint8_t byte = 0;

    if (size == sizeof whole)
        memcpy(&whole, at, sizeof whole);
    else if (size == sizeof half)
        memcpy(&half, at, sizeof half);
    else
        memcpy(&byte, at, sizeof byte);
    return whole | half | byte;
}

uint64_t
sim_link_get(const SimLinkSpec *spec, const SimLinkField *field)
{
    sim_assert(field->kind != SIM_LINK_LATENCY);
    return get(spec, field->offset, field->size);
}

void
sim_link_set(SimLinkSpec *spec, const SimLinkField *field, uint64_t value)
{
    char *at = (char *)spec + field->offset;
    uint32_t half = (uint32_t)value;
    uint8_t byte = (uint8_t)value;

    sim_assert(field->kind != SIM_LINK_LATENCY);
    if (field->size == sizeof value)
        memcpy(at, &value, sizeof value);
    else if (field->size == sizeof half)
        memcpy(at, &half, sizeof half);
    else
        memcpy(at, &byte, sizeof byte);
}

bool
sim_link_has(const SimLinkSpec *spec, const SimLinkField *field)
{
    return field->needs_size == 0 || get(spec, field->needs, field->needs_size) != 0;
}

/* -- the whole ------------------------------------------------------------------------------ */

bool
sim_link_spec_equal(const SimLinkSpec *a, const SimLinkSpec *b)
{
    for (const SimLinkField *field = sim_link_fields + 1; field->option != NULL; field++)
        if (sim_link_get(a, field) != sim_link_get(b, field))
            return false;
    return a->latency.kind == b->latency.kind && a->latency.a == b->latency.a &&
           a->latency.b == b->latency.b && a->latency.parameter == b->latency.parameter &&
           a->latency.times == b->latency.times;
}

uint64_t
sim_link_spec_hash(const SimLinkSpec *spec)
{
    uint64_t hash = sim_key_combine((uint64_t)spec->latency.kind, (uint64_t)spec->latency.a);

    hash = sim_key_combine(hash, (uint64_t)spec->latency.b);
    hash = sim_key_combine(hash, (uint64_t)spec->latency.parameter);
    for (const SimLinkField *field = sim_link_fields + 1; field->option != NULL; field++)
        hash = sim_key_combine(hash, sim_link_get(spec, field));
    return hash;
}

static bool
in_range(const SimLinkSpec *spec, const SimLinkField *field)
{
    uint64_t value = sim_link_get(spec, field);

    switch (field->kind) {
    case SIM_LINK_TIME:
        return (SimTime)value >= 0;
    case SIM_LINK_PPB:
        return value <= (uint64_t)SIM_PPB;
    case SIM_LINK_WORD:
        return value <= 1;
    default:
        return true;
    }
}

bool
sim_link_spec_check(const SimLinkSpec *spec, const char **ret_why)
{
    for (const SimLinkField *field = sim_link_fields + 1; field->option != NULL; field++) {
        if (in_range(spec, field))
            continue;
        if (ret_why != NULL)
            *ret_why = field->why;
        return false;
    }
    return sim_distribution_check(&spec->latency, ret_why);
}

SimTime
sim_link_serialisation(uint64_t bytes, uint64_t rate_bps)
{
    u128 bit_ns = (u128)bytes * 8 * (u128)SIM_S;

    sim_assert(rate_bps > 0);
    bit_ns = (bit_ns + rate_bps - 1) / rate_bps;
    return bit_ns > (u128)SIM_TIME_NEVER ? SIM_TIME_NEVER : (SimTime)bit_ns;
}
