/* The loop of a run; see engine.h. */
#include "sim/engine/engine.h"

#include "sim/engine/assert.h"

#define HANDLERS_MAX 256

typedef struct {
    SimHandler func;
    void *user;
} Handler;

struct SimEngine {
    SimQueue *queue;
    SimTime now;
    uint64_t events;
    bool running;
    bool stopping;
    bool touched;
    uint8_t looking;         /* index of the handler that looks ahead */
    SimLookAhead look_ahead; /* may be NULL */
    uint64_t loads;          /* the queue's number of loads at the last look-ahead */

    void (*instant_end)(void *user, SimTime instant);
    void *instant_user;

    uint64_t poll_every;
    uint64_t poll_at;
    bool (*poll)(void *user);
    void *poll_user;

    unsigned handler_count;
    Handler handlers[HANDLERS_MAX];
    SimAssertContext context;
};

SimEngine *
sim_engine_new(uint64_t seed)
{
    SimEngine *engine = g_new0(SimEngine, 1);

    engine->queue = sim_queue_new(seed);
    engine->poll_at = UINT64_MAX;
    engine->context = (SimAssertContext){seed, &engine->now, &engine->events};
    sim_assert_context(&engine->context);
    return engine;
}

void
sim_engine_free(SimEngine *engine)
{
    if (engine == NULL)
        return;

    const SimAssertContext *context = sim_assert_context(NULL);

    if (context != &engine->context)
        sim_assert_context(context);
    sim_queue_free(engine->queue);
    g_free(engine);
}

uint8_t
sim_engine_add_handler(SimEngine *engine, SimHandler func, void *user)
{
    sim_assert(engine->handler_count < HANDLERS_MAX);
    engine->handlers[engine->handler_count] = (Handler){func, user};
    return (uint8_t)engine->handler_count++;
}

void
sim_engine_set_look_ahead(SimEngine *engine, uint8_t handler, SimLookAhead func)
{
    sim_assert(handler < engine->handler_count);
    sim_assert(engine->look_ahead == NULL);
    engine->looking = handler;
    engine->look_ahead = func;
}

SimHandle
sim_engine_schedule_event(SimEngine *engine, const SimEvent *event)
{
    bool later = engine->running && event->klass == SIM_CLASS_RUN;

    sim_assert(event->time >= engine->now + later);
    sim_assert(event->klass <= SIM_CLASS_CHECK);
    sim_assert(event->handler < engine->handler_count);
    return sim_queue_push(engine->queue, event);
}

SimHandle
sim_engine_schedule(SimEngine *engine, SimTime at, SimClass klass, uint64_t source,
                    uint32_t counter, uint8_t handler, void *data, uint64_t arg)
{
    SimEvent event = {
        .time = at,
        .source = source,
        .data = data,
        .arg = arg,
        .counter = counter,
        .klass = (uint8_t)klass,
        .handler = handler,
    };

    return sim_engine_schedule_event(engine, &event);
}

bool
sim_engine_cancel(SimEngine *engine, SimHandle handle, void **ret_data)
{
    SimEvent event;

    if (!sim_queue_cancel(engine->queue, &event, handle))
        return false;
    if (ret_data != NULL)
        *ret_data = event.data;
    return true;
}

void
sim_engine_prefetch(const SimEngine *engine, SimHandle handle)
{
    sim_queue_prefetch(engine->queue, handle);
}

SimTime
sim_engine_due(const SimEngine *engine, SimHandle handle)
{
    const SimEvent *event = sim_queue_find(engine->queue, handle);

    return event == NULL ? SIM_TIME_NEVER : event->time;
}

SimTime
sim_engine_now(const SimEngine *engine)
{
    return engine->now;
}

uint64_t
sim_engine_events(const SimEngine *engine)
{
    return engine->events;
}

size_t
sim_engine_pending(const SimEngine *engine)
{
    return sim_queue_count(engine->queue);
}

void
sim_engine_touch(SimEngine *engine)
{
    engine->touched = true;
}

void
sim_engine_set_instant_end(SimEngine *engine, void (*func)(void *user, SimTime instant), void *user)
{
    engine->instant_end = func;
    engine->instant_user = user;
}

void
sim_engine_set_poll(SimEngine *engine, uint64_t every, bool (*func)(void *user), void *user)
{
    engine->poll = func;
    engine->poll_user = user;
    engine->poll_every = every;
    engine->poll_at = every == 0 || func == NULL ? UINT64_MAX : engine->events + every;
}

bool
sim_engine_poll(SimEngine *engine)
{
    engine->stopping |= engine->poll != NULL && !engine->poll(engine->poll_user);
    return !engine->stopping;
}

void
sim_engine_stop(SimEngine *engine)
{
    engine->stopping = true;
}

/* Calls the end of a touched instant that has no more events, which may add some. Searching only up
 * to now keeps the queue from moving past events that the end may schedule. */
static void
end_instant(SimEngine *engine)
{
    SimTime next;

    while (engine->touched && !engine->stopping &&
           !sim_queue_peek(engine->queue, &next, engine->now)) {
        engine->touched = false;
        if (engine->instant_end != NULL)
            engine->instant_end(engine->instant_user, engine->now);
    }
}

static inline void
dispatch(SimEngine *engine, const SimEvent *event)
{
    const Handler *handler = &engine->handlers[event->handler];

    sim_assert(event->time >= engine->now);
    engine->now = event->time;
    engine->events++;
    handler->func(handler->user, event);
    if (engine->events >= engine->poll_at) {
        engine->poll_at = engine->events + engine->poll_every;
        (void)sim_engine_poll(engine);
    }
}

/* Prefetches what the next events need, whenever the queue has sorted some more: with many nodes,
 * each event is at another node, far away in memory. Measured: see docs/performance.md. */
static void
look_ahead(SimEngine *engine)
{
    const SimEvent *events[SIM_LOOK_AHEAD_MAX];
    uint32_t count = 0, last = MIN(sim_queue_ahead_count(engine->queue), SIM_LOOK_AHEAD_MAX);

    engine->loads = sim_queue_loads(engine->queue);
    for (uint32_t k = 0; k < last; k++) {
        const SimEvent *event = sim_queue_ahead(engine->queue, k);

        if (event != NULL && event->handler == engine->looking)
            events[count++] = event;
    }
    if (count > 0)
        engine->look_ahead(engine->handlers[engine->looking].user, events, count);
}

static SimRunEnd
run_events(SimEngine *engine, SimTime until, uint64_t last_event)
{
    SimEvent event;

    for (;;) {
        if (engine->touched)
            end_instant(engine);
        if (engine->stopping)
            return SIM_RUN_STOPPED;
        if (engine->events >= last_event)
            return SIM_RUN_LIMIT;
        if (!sim_queue_pop(engine->queue, &event, until))
            break;
        if (engine->look_ahead != NULL && engine->loads != sim_queue_loads(engine->queue))
            look_ahead(engine);
        dispatch(engine, &event);
    }
    if (sim_queue_count(engine->queue) == 0)
        return SIM_RUN_IDLE;
    engine->now = until;
    return SIM_RUN_LIMIT;
}

SimRunEnd
sim_engine_run(SimEngine *engine, SimTime until, uint64_t max_events)
{
    SimRunEnd end;

    sim_assert(!engine->running);
    sim_assert(until >= engine->now);
    sim_assert_context(&engine->context);
    engine->running = true;
    engine->stopping = false;
    end = run_events(engine, MIN(until, SIM_TIME_NEVER - 1),
                     max_events == 0 ? UINT64_MAX : engine->events + max_events);
    engine->running = false;
    return end;
}

void
sim_engine_advance(SimEngine *engine, SimTime at)
{
    SimTime next;
    bool is_due = sim_queue_peek(engine->queue, &next, at);

    sim_assert(at >= engine->now);
    sim_assert(!is_due || next == at);
    engine->now = at;
}

void
sim_engine_foreach_pending(SimEngine *engine, SimEventFunc func, void *user)
{
    sim_queue_foreach(engine->queue, func, user);
}

void
sim_engine_drain(SimEngine *engine, SimEventFunc func, void *user)
{
    sim_queue_drain(engine->queue, SIM_HANDLER_ANY, func, user);
}

void
sim_engine_drain_handler(SimEngine *engine, uint8_t handler, SimEventFunc func, void *user)
{
    sim_queue_drain(engine->queue, handler, func, user);
}

size_t
sim_engine_memory(const SimEngine *engine)
{
    return sizeof *engine + sim_queue_memory(engine->queue);
}
