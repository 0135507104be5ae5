/* What an event is, and the order in which events of one run happen.
 *
 * The order is total and does not depend on who scheduled first:
 *
 *   class RUN      (time, 0, H(seed, source, time), source, counter)
 *   the others     (time, class, source, counter)
 *
 * For RUN the source is the key of an entity's name (the sender's edge for a delivery, the node
 * for a timer) and the counter is the source's own, so that one entity more neither shifts nor
 * reorders the others', and the hash favours nobody for long. For FAULT, ACTION and CHECK the
 * source is the place in the scenario file and the counter the iteration. Events that agree in all
 * of this go by handler and argument; a caller must not rely on more.
 */
#ifndef SIM_ENGINE_EVENT_H
#define SIM_ENGINE_EVENT_H

#include "sim/engine/time.h"

#include <stdint.h>

typedef enum {
    SIM_CLASS_RUN = 0,    /* deliveries and timers */
    SIM_CLASS_FAULT = 1,  /* ends of `for`, starts, timed restarts */
    SIM_CLASS_ACTION = 2, /* the scenario's own actions */
    SIM_CLASS_CHECK = 3,
} SimClass;

/* A pending event's name; id 0 is none. A handle whose event has fired or was cancelled is stale
 * and harmless. */
typedef struct {
    uint64_t id;
} SimHandle;

/* Handed to handlers by value of the queue's copy; data, arg, arg2, arg3 and tag are the
 * scheduler's, uninterpreted. */
typedef struct {
    SimTime time;
    uint64_t source;
    void *data;
    uint64_t arg;
    uint64_t arg2;
    uint32_t counter;
    uint32_t arg3;
    uint32_t generation; /* the queue's own */
    uint8_t klass;
    uint8_t handler;
    uint16_t tag;
} SimEvent;

_Static_assert(sizeof(SimEvent) == 56,
               "an event and what the queue adds to it fill one cache line");

#endif
