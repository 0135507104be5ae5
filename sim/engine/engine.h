/* The engine: a virtual clock and the loop that dispatches events in order.
 *
 * It knows entities only as keys of their names and handlers only as indices. Time advances from
 * event to event, never backwards and never past the limit of a run. After the last event of an
 * instant that was marked as touched, the engine calls the end of the instant: there conditions are
 * evaluated, once an instant instead of once an event.
 *
 * An engine belongs to one thread at a time; engines share nothing.
 */
#ifndef SIM_ENGINE_ENGINE_H
#define SIM_ENGINE_ENGINE_H

#include "sim/engine/event.h"
#include "sim/engine/queue.h"
#include "sim/engine/time.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct SimEngine SimEngine;

/* The event is valid until the handler returns. */
typedef void (*SimHandler)(void *user, const SimEvent *event);

typedef enum {
    SIM_RUN_IDLE,    /* nothing is pending; time is that of the last event */
    SIM_RUN_LIMIT,   /* time is `until`, or max_events were dispatched */
    SIM_RUN_STOPPED, /* sim_engine_stop() was called, or the poll returned false */
} SimRunEnd;

SimEngine *sim_engine_new(uint64_t seed);

/* NULL is allowed. Does not free the data of pending events: see sim_engine_drain(). */
void sim_engine_free(SimEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimEngine, sim_engine_free)

/* Returns the index to schedule with; at most 256 handlers. */
uint8_t sim_engine_add_handler(SimEngine *engine, SimHandler func, void *user);

#define SIM_LOOK_AHEAD_MAX 128

/* Called with up to SIM_LOOK_AHEAD_MAX events of the handler before the first one's turn, to
 * prefetch what they need. An event may be skipped or never come. func must change nothing but the
 * array. Only one handler of an engine may look ahead. */
typedef void (*SimLookAhead)(void *user, const SimEvent **events, uint32_t count);
void sim_engine_set_look_ahead(SimEngine *engine, uint8_t handler, SimLookAhead func);

/* Schedules an event. `at` must not be before now; for SIM_CLASS_RUN it must be after now while the
 * engine runs (an immediate reaction adds 1 ns). source and counter order the event within its
 * instant: see event.h. An event at SIM_TIME_NEVER stays pending for ever.
 */
SimHandle sim_engine_schedule(SimEngine *engine, SimTime at, SimClass klass, uint64_t source,
                              uint32_t counter, uint8_t handler, void *data, uint64_t arg);

/* The same with all fields of an event, for callers that use the further arguments. */
SimHandle sim_engine_schedule_event(SimEngine *engine, const SimEvent *event);

/* Returns false if the event has fired, was cancelled, or the handle is none. Else sets ret_data,
 * which may be NULL, to the data of the event. */
bool sim_engine_cancel(SimEngine *engine, SimHandle handle, void **ret_data);

/* Returns when the event is due; SIM_TIME_NEVER if the handle is stale or none. */
SimTime sim_engine_due(const SimEngine *engine, SimHandle handle);

/* Prefetches what cancelling an event reads. */
void sim_engine_prefetch(const SimEngine *engine, SimHandle handle);

SimTime sim_engine_now(const SimEngine *engine);
uint64_t sim_engine_events(const SimEngine *engine); /* dispatched so far */
size_t sim_engine_pending(const SimEngine *engine);

/* Marks the current instant: something that a check may read has changed. */
void sim_engine_touch(SimEngine *engine);

/* Sets the function called after the last event of each touched instant, before time advances, and
 * also at a time limit. Events that it schedules in the same instant (classes from FAULT up) run,
 * and it is called again if they touch. It is not called if a run stops inside an instant; the next
 * run continues there.
 */
void sim_engine_set_instant_end(SimEngine *engine, void (*func)(void *user, SimTime instant),
                                void *user);

/* Sets the function called after every `every` events (0: never); it returns false to stop the run.
 * It must not change the simulation. */
void sim_engine_set_poll(SimEngine *engine, uint64_t every, bool (*func)(void *user), void *user);

/* Polls from within a long event. Returns false if the run will end after this event; true if there
 * is no poll. */
bool sim_engine_poll(SimEngine *engine);

/* Runs events up to and including `until`, at most max_events (0: no limit). */
SimRunEnd sim_engine_run(SimEngine *engine, SimTime until, uint64_t max_events);

/* Ends the run after the current event. Call from a handler, the end of an instant or the poll. */
void sim_engine_stop(SimEngine *engine);

/* Moves the clock to `at` >= now; no event may be pending before. For a run that is idle before its
 * end. */
void sim_engine_advance(SimEngine *engine, SimTime at);

/* Calls func for each pending event, in no stated order; func must not schedule or cancel. */
void sim_engine_foreach_pending(SimEngine *engine, SimEventFunc func, void *user);

/* Removes all pending events, or those of one handler, in the order in which they would have
 * happened; func gets each and frees its data. */
void sim_engine_drain(SimEngine *engine, SimEventFunc func, void *user);
void sim_engine_drain_handler(SimEngine *engine, uint8_t handler, SimEventFunc func, void *user);

/* Returns the heap bytes of pending events. */
size_t sim_engine_memory(const SimEngine *engine);

#endif
