/* The pending events: a hierarchical timing wheel (Varghese & Lauck, "Hashed and hierarchical
 * timing wheels", IEEE/ACM ToN 5(6), 1997) with a sorted front.
 *
 * A time is read as digits of 6 bits. An event stands in the slot (level, digit), where level is
 * the highest digit in which its time differs from the wheel's position and digit its own digit
 * there. The earliest slot is the lowest non-empty digit of the lowest non-empty level: two bit
 * scans. When the front is empty that slot is emptied: a slot of few events, or of one single
 * instant, is sorted into the front by the whole key, on low levels with the slots that follow as
 * long as they are some hundred events in all; a fuller one is spread over the levels below. So an
 * event moves at most once a level, and most move twice, however many are pending; in a heap the
 * number of moves grows with the logarithm of that.
 *
 * Cancelling is O(1), amortised. Memory: 68 bytes a pending event and 16 for its place in the
 * wheel; a cancelled event leaves its 16 behind until its time comes or they outnumber the pending.
 */
#ifndef SIM_ENGINE_QUEUE_H
#define SIM_ENGINE_QUEUE_H

#include "sim/engine/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct SimQueue SimQueue;

/* The seed enters the order of events at the same instant. */
SimQueue *sim_queue_new(uint64_t seed);

/* Frees the queue; the events' data are the owner's (sim_queue_drain). NULL is fine. */
void sim_queue_free(SimQueue *queue);

/* Takes a copy. The time must not be before that of any event popped so far, nor before any limit
 * given to a peek or pop that found nothing; generation is ignored. */
SimHandle sim_queue_push(SimQueue *queue, const SimEvent *event);

/* The first event's time, if there is one at or before limit. The wheel never moves past limit. */
bool sim_queue_peek(SimQueue *queue, SimTime *ret_time, SimTime limit);

/* The k-th of the events that come next, 0 the very next, as far as the queue has them in order
 * already; NULL beyond, or for one that was cancelled. For looking ahead: it changes nothing. */
const SimEvent *sim_queue_ahead(const SimQueue *queue, uint32_t k);
/* How many of them there are, and how often more were put in order: when that changes, all are new.
 */
uint32_t sim_queue_ahead_count(const SimQueue *queue);
uint64_t sim_queue_loads(const SimQueue *queue);

/* Takes the first event, if there is one at or before limit. */
bool sim_queue_pop(SimQueue *queue, SimEvent *ret_event, SimTime limit);

/* Takes the event out; false when the handle is stale or none. ret_event may be NULL. */
bool sim_queue_cancel(SimQueue *queue, SimEvent *ret_event, SimHandle handle);

/* The pending event, until the queue next changes; NULL when the handle is stale or none. */
const SimEvent *sim_queue_find(const SimQueue *queue, SimHandle handle);

/* Prefetches what finding or cancelling an event reads. */
void sim_queue_prefetch(const SimQueue *queue, SimHandle handle);

size_t sim_queue_count(const SimQueue *queue);

typedef void (*SimEventFunc)(void *user, const SimEvent *event);

/* Calls func for each pending event, in no stated order; func must not change the queue. */
void sim_queue_foreach(const SimQueue *queue, SimEventFunc func, void *user);

#define SIM_HANDLER_ANY (-1)

/* Takes out the events of one handler (or SIM_HANDLER_ANY) and calls func for each, in the order
 * in which they would have happened; func must not change the queue. */
void sim_queue_drain(SimQueue *queue, int handler, SimEventFunc func, void *user);

/* What it holds on the heap; it does not shrink. */
size_t sim_queue_memory(const SimQueue *queue);

#endif
