/* The engine: a virtual clock and the loop that dispatches events in order.
 *
 * It knows entities only as the keys of their names and handlers only as indices. Time advances
 * from event to event, never backwards and never past a run's limit. When the last event of an
 * instant has been dispatched and something was marked as touched in it, the end of the instant is
 * called: the place where conditions are looked at, once an instant instead of once an event.
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

/* The event is the handler's to read until it returns. */
typedef void (*SimHandler)(void *user, const SimEvent *event);

typedef enum {
    SIM_RUN_IDLE,    /* nothing is pending; the time is that of the last event */
    SIM_RUN_LIMIT,   /* the time is `until`, or max_events were dispatched */
    SIM_RUN_STOPPED, /* sim_engine_stop, or the poll said so */
} SimRunEnd;

SimEngine *sim_engine_new(uint64_t seed);

/* NULL is fine. Data of events still pending are their owners': see sim_engine_drain. */
void sim_engine_free(SimEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimEngine, sim_engine_free)

/* The index to schedule with; at most 256. */
uint8_t sim_engine_add_handler(SimEngine *engine, SimHandler func, void *user);

#define SIM_LOOK_AHEAD_MAX 128

/* Called with some events of the handler, up to SIM_LOOK_AHEAD_MAX, before the first one's turn, so
 * that what they will need can be on its way from memory; an event may be skipped, or never come.
 * func must change nothing but the array. One handler of an engine may look ahead. */
typedef void (*SimLookAhead)(void *user, const SimEvent **events, uint32_t count);
void sim_engine_set_look_ahead(SimEngine *engine, uint8_t handler, SimLookAhead func);

/* Schedules an event. `at` must not be before now, and for SIM_CLASS_RUN must be after it when
 * scheduled while the engine runs: whoever reacts at once adds the ns. source and counter place it
 * among the events of its instant: see event.h. An event at SIM_TIME_NEVER stays pending for ever.
 */
SimHandle sim_engine_schedule(SimEngine *engine, SimTime at, SimClass klass, uint64_t source,
                              uint32_t counter, uint8_t handler, void *data, uint64_t arg);

/* The same with all of an event's fields, for those who use the further arguments. */
SimHandle sim_engine_schedule_event(SimEngine *engine, const SimEvent *event);

/* False when the event has fired or was cancelled already, or the handle is none; else its data
 * come back in ret_data (may be NULL). */
bool sim_engine_cancel(SimEngine *engine, SimHandle handle, void **ret_data);

/* When the event is due; SIM_TIME_NEVER when the handle is stale or none. */
SimTime sim_engine_due(const SimEngine *engine, SimHandle handle);

/* Prefetches what cancelling an event reads. */
void sim_engine_prefetch(const SimEngine *engine, SimHandle handle);

SimTime sim_engine_now(const SimEngine *engine);
uint64_t sim_engine_events(const SimEngine *engine); /* dispatched so far */
size_t sim_engine_pending(const SimEngine *engine);

/* Marks the current instant: something changed that a check may read. */
void sim_engine_touch(SimEngine *engine);

/* func is called after the last event of each touched instant, before time advances, at a limit of
 * time too. Events it schedules in the same instant (classes from FAULT up) run, and it is called
 * again if they touch. Not called when a run stops inside an instant; the next run goes on there.
 */
void sim_engine_set_instant_end(SimEngine *engine, void (*func)(void *user, SimTime instant),
                                void *user);

/* func is called after every `every` events (0: never); false stops the run. It must not change
 * the simulation. */
void sim_engine_set_poll(SimEngine *engine, uint64_t every, bool (*func)(void *user), void *user);

/* From within a long event: asks the poll now. False when the run is to end, which it does after
 * this event; true without a poll. */
bool sim_engine_poll(SimEngine *engine);

/* Runs events up to and including `until`, at most max_events of them (0: any number). */
SimRunEnd sim_engine_run(SimEngine *engine, SimTime until, uint64_t max_events);

/* From a handler, the end of an instant or the poll: the run ends after the current event. */
void sim_engine_stop(SimEngine *engine);

/* Moves the clock to `at` >= now; nothing may be pending before. For a run that went idle before
 * its end. */
void sim_engine_advance(SimEngine *engine, SimTime at);

/* Each pending event, in no stated order; func must not schedule or cancel. */
void sim_engine_foreach_pending(SimEngine *engine, SimEventFunc func, void *user);

/* Takes out all pending events, or those of one handler, in the order in which they would have
 * happened; func gets each and frees its data. */
void sim_engine_drain(SimEngine *engine, SimEventFunc func, void *user);
void sim_engine_drain_handler(SimEngine *engine, uint8_t handler, SimEventFunc func, void *user);

/* What waiting events take on the heap. */
size_t sim_engine_memory(const SimEngine *engine);

#endif
