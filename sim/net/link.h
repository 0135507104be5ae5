/* The parameters of a link. Edges with equal parameters share one link class.
 *
 * SimLinkSpec is a plain value: copy it, change a field, set it on edges (sim_net_set_link). The
 * net owns the measured times that a latency refers to (sim_net_add_times). net.h explains each
 * field at sim_net_send. SIM_LINK_FIELDS lists each field once; the struct, its equality, hash and
 * range check are made from it, and also the columns of a trace, the options of a scenario and
 * their description (sim/run/link_option.h).
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
    SIM_TRANSPORT_DATAGRAM, /* a lost message is not sent again */
    SIM_TRANSPORT_STREAM,   /* in order; a loss becomes a delay, a long cut breaks the connection */
} SimTransport;

/* FIELD(type, name, kind, option, column, words), in the order of the columns of a trace. `kind` is
 * a SimLinkFieldKind, `option` the word of the language; `words` are the words for 0 and 1 of a
 * WORD. PART(…, needs) is a field that has no meaning if the field `needs` is 0; a trace then has
 * NULL. */
#define SIM_LINK_FIELDS(FIELD, PART)                                                               \
    FIELD(SimDistribution, latency, LATENCY, "latency", "latency", NULL)                           \
    /* lower bound of the latency */                                                               \
    FIELD(SimTime, min, TIME, "min", "min_ns", NULL)                                               \
    /* adds uniform 0..jitter */                                                                   \
    FIELD(SimTime, jitter, TIME, "jitter", "jitter_ns", NULL)                                      \
    /* 0 is no limit */                                                                            \
    PART(uint64_t, rate_bps, RATE, "rate", "rate_bps", NULL, rate_bps)                             \
    /* how much may wait for the line */                                                           \
    PART(uint64_t, queue_bytes, BYTES, "queue", "queue_bytes", NULL, rate_bps)                     \
    /* in the good state; the only state if to_bad_ppb is 0 */                                     \
    FIELD(uint32_t, loss_ppb, PPB, "loss", "loss_ppb", NULL)                                       \
    /* a message never overtakes an earlier one of its edge */                                     \
    FIELD(bool, fifo, WORD, "order", "fifo", "any fifo")                                           \
    /* loss in the bad state; chances of a change after each message; to_bad 0: Bernoulli */       \
    PART(uint32_t, bad_loss_ppb, PPB, "loss", "bad_loss_ppb", NULL, to_bad_ppb)                    \
    PART(uint32_t, to_bad_ppb, PPB, "loss", "to_bad_ppb", NULL, to_bad_ppb)                        \
    PART(uint32_t, to_good_ppb, PPB, "loss", "to_good_ppb", NULL, to_bad_ppb)                      \
    FIELD(uint32_t, duplicate_ppb, PPB, "duplicate", "duplicate_ppb", NULL)                        \
    FIELD(uint32_t, reorder_ppb, PPB, "reorder", "reorder_ppb", NULL)                              \
    FIELD(uint32_t, corrupt_ppb, PPB, "corrupt", "corrupt_ppb", NULL)                              \
    /* added to messages of fewer than SIM_SMALL_BYTES */                                          \
    FIELD(SimTime, small_extra, TIME, "small", "small_ns", NULL)                                   \
    FIELD(SimTransport, transport, WORD, "transport", "stream", "datagram stream")                 \
    /* one sample of the latency for all messages, the same in both directions */                  \
    FIELD(bool, per_link, WORD, "draw", "per_link", "message link")                                \
    /* messages leave as they come in: they take the latency and no time on any line */            \
    FIELD(bool, cut_through, WORD, "cut-through", "cut_through", "no yes")

typedef struct {
#define SIM_LINK_MEMBER(type, name, ...) type name;
    SIM_LINK_FIELDS(SIM_LINK_MEMBER, SIM_LINK_MEMBER)
#undef SIM_LINK_MEMBER
} SimLinkSpec;

typedef enum {
    SIM_LINK_LATENCY, /* a SimDistribution */
    SIM_LINK_TIME,    /* ns, 0 and more */
    SIM_LINK_RATE,    /* bits a second */
    SIM_LINK_BYTES,
    SIM_LINK_PPB,  /* a probability in units of 10^-9 */
    SIM_LINK_WORD, /* one of two words */
} SimLinkFieldKind;

typedef struct {
    const char *option, *column;
    SimLinkFieldKind kind;
    uint32_t offset, size;      /* in SimLinkSpec */
    const char *words;          /* "a b", of SIM_LINK_WORD */
    uint32_t needs, needs_size; /* offset and size of the field it needs; size 0: none */
    const char *why;            /* error text for a value out of range */
} SimLinkField;

extern const SimLinkField sim_link_fields[]; /* as in SIM_LINK_FIELDS; the last has option NULL */

/* Reads or writes any field except the latency. */
uint64_t sim_link_get(const SimLinkSpec *spec, const SimLinkField *field);
void sim_link_set(SimLinkSpec *spec, const SimLinkField *field, uint64_t value);
/* Returns whether the field has a meaning: the field that it needs is not 0. */
bool sim_link_has(const SimLinkSpec *spec, const SimLinkField *field);

#define SIM_SMALL_BYTES 1000

/* Returns latency 50 ms, queue 1 MB (10^6 bytes), fifo, datagram; all else 0. */
SimLinkSpec sim_link_spec_default(void);

bool sim_link_spec_equal(const SimLinkSpec *a, const SimLinkSpec *b);
uint64_t sim_link_spec_hash(const SimLinkSpec *spec);

/* Returns false if a field is out of range, with the reason in words for a user. */
bool sim_link_spec_check(const SimLinkSpec *spec, const char **ret_why);

/* Returns how long `bytes` occupy a line of rate_bps > 0, rounded up to the next ns. */
SimTime sim_link_serialisation(uint64_t bytes, uint64_t rate_bps);

#endif
