/* Events, and the order in which the events of a run happen.
 *
 * The order is total and does not depend on who scheduled first:
 *
 *   class RUN      (time, 0, H(seed, source, time), source, counter)
 *   the others     (time, class, source, counter)
 *
 * For RUN the source is the key of an entity's name (the sender's edge for a delivery, the node for
 * a timer) and the counter is the source's own. So an additional entity neither shifts nor reorders
 * the events of others, and the hash favours nobody for long. For FAULT, ACTION and CHECK the
 * source is the place in the scenario file and the counter the iteration. Events equal in all of
 * this are ordered by handler and argument; a caller must not rely on more.
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

/* Names a pending event; id 0 is none. A handle becomes stale, and harmless, when its event fires
 * or is cancelled. */
typedef struct {
    uint64_t id;
} SimHandle;

/* A copy of this is passed to handlers. data, arg, arg2, arg3 and tag belong to the scheduler and
 * are not interpreted. */
typedef struct {
    SimTime time;
    uint64_t source;
    void *data;
    uint64_t arg;
    uint64_t arg2;
    uint32_t counter;
    uint32_t arg3;
    uint32_t generation; /* set by the queue */
    uint8_t klass;
    uint8_t handler;
    uint16_t tag;
} SimEvent;

_Static_assert(sizeof(SimEvent) == 56,
               "an event and what the queue adds to it fill one cache line");

#endif
