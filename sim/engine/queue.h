/* The pending events: a hierarchical timing wheel (Varghese & Lauck, "Hashed and hierarchical
 * timing wheels", IEEE/ACM ToN 5(6), 1997) with a sorted front.
 *
 * A time is read as digits of 6 bits. The slot of an event is (level, digit): level is the highest
 * digit in which its time differs from the wheel's position, digit its own digit there. The
 * earliest slot is the lowest non-empty digit of the lowest non-empty level: two bit scans. When
 * the front is empty, that slot is emptied. A slot with few events, or with a single instant, is
 * sorted into the front by the whole key; on low levels the following slots are added up to some
 * hundred events in all. A fuller slot is spread over the levels below. So an event moves at most
 * once a level, and most move twice, however many are pending; in a heap the number of moves grows
 * with the logarithm of the number of events.
 *
 * Cancelling is O(1), amortised. Memory: 68 bytes for a pending event and 16 for its entry in the
 * wheel; a cancelled event keeps its 16 bytes until its time comes or such entries outnumber the
 * pending events.
 */
#ifndef SIM_ENGINE_QUEUE_H
#define SIM_ENGINE_QUEUE_H

#include "sim/engine/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct SimQueue SimQueue;

/* The seed is part of the order of events at the same instant. */
SimQueue *sim_queue_new(uint64_t seed);

/* Frees the queue but not the data of its events (see sim_queue_drain()). NULL is allowed. */
void sim_queue_free(SimQueue *queue);

/* Copies the event, ignoring its generation. Its time must not be before that of any popped event,
 * nor before the limit of any peek or pop that found nothing. */
SimHandle sim_queue_push(SimQueue *queue, const SimEvent *event);

/* Returns whether there is an event at or before limit, and the time of the first. The wheel never
 * moves past limit. */
bool sim_queue_peek(SimQueue *queue, SimTime *ret_time, SimTime limit);

/* Returns the k-th next event, from 0, among those already sorted; NULL beyond them, or if it was
 * cancelled. For looking ahead: changes nothing. */
const SimEvent *sim_queue_ahead(const SimQueue *queue, uint32_t k);
/* Return how many events are sorted, and how often more were sorted. A new second value means that
 * all are new. */
uint32_t sim_queue_ahead_count(const SimQueue *queue);
uint64_t sim_queue_loads(const SimQueue *queue);

/* Removes and returns the first event if there is one at or before limit. */
bool sim_queue_pop(SimQueue *queue, SimEvent *ret_event, SimTime limit);

/* Removes the event. Returns false if the handle is stale or none. ret_event may be NULL. */
bool sim_queue_cancel(SimQueue *queue, SimEvent *ret_event, SimHandle handle);

/* Returns the pending event, valid until the queue changes; NULL if the handle is stale or none. */
const SimEvent *sim_queue_find(const SimQueue *queue, SimHandle handle);

/* Prefetches what finding or cancelling an event reads. */
void sim_queue_prefetch(const SimQueue *queue, SimHandle handle);

size_t sim_queue_count(const SimQueue *queue);

typedef void (*SimEventFunc)(void *user, const SimEvent *event);

/* Calls func for each pending event, in no stated order; func must not change the queue. */
void sim_queue_foreach(const SimQueue *queue, SimEventFunc func, void *user);

#define SIM_HANDLER_ANY (-1)

/* Removes the events of one handler (or SIM_HANDLER_ANY) and calls func for each, in the order in
 * which they would have happened; func must not change the queue. */
void sim_queue_drain(SimQueue *queue, int handler, SimEventFunc func, void *user);

/* Returns the heap bytes of the queue, which never shrinks. */
size_t sim_queue_memory(const SimQueue *queue);

#endif
