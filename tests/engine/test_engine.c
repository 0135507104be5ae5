/* The engine: the order contract, limits, ends of instants, stopping. */
#include "sim/engine/distribution.h"
#include "sim/engine/engine.h"
#include "tests/harness/harness.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What happened, as words: "a0 b0 a1 …". */
typedef struct {
    SimEngine *engine;
    GString *log;
    uint8_t handler;
} World;

static void
on_event(void *user, const SimEvent *event)
{
    World *w = user;

    g_string_append_printf(w->log, "%s%u ", (const char *)event->data, event->counter);
}

static void
world_init(World *w, uint64_t seed)
{
    w->engine = sim_engine_new(seed);
    w->log = g_string_new(NULL);
    w->handler = sim_engine_add_handler(w->engine, on_event, w);
}

static void
world_clear(World *w)
{
    sim_engine_free(w->engine);
    g_string_free(w->log, TRUE);
}

static SimHandle
add(World *w, SimTime at, const char *name, uint32_t counter)
{
    return sim_engine_schedule(w->engine, at, SIM_CLASS_RUN, sim_key(name), counter, w->handler,
                               (void *)name, 0);
}

static SimHandle
add_class(World *w, SimTime at, SimClass klass, uint64_t place, const char *name)
{
    return sim_engine_schedule(w->engine, at, klass, place, 0, w->handler, (void *)name, 0);
}

static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};

/* The log of one instant with two events each of the first `count` sources, scheduled from
 * `start` on by `step`. */
static char *
log_instant(uint64_t seed, SimTime at, size_t count, size_t start, size_t step)
{
    World w;
    char *log;

    world_init(&w, seed);
    for (size_t i = 0; i < 2 * count; i++) {
        size_t k = (start + i * step) % (2 * count);

        add(&w, at, names[k % count], (uint32_t)(k / count));
    }
    sim_engine_run(w.engine, SIM_MIN, 0);
    log = g_strdup(w.log->str);
    world_clear(&w);
    return log;
}

static void
test_order_of_scheduling(void)
{
    g_autofree char *want = log_instant(1, SIM_S, 8, 0, 1);

    CU_ASSERT_EQUAL(strlen(want), 48);
    for (size_t start = 0; start < 16; start++) {
        g_autofree char *up = log_instant(1, SIM_S, 8, start, 3);
        g_autofree char *down = log_instant(1, SIM_S, 8, start, 15);

        TEST_STR_EQUAL(up, want);
        TEST_STR_EQUAL(down, want);
    }
}

/* Instants and seeds differ in who comes first: each of 8 names is first in some of 100. */
static void
test_order_is_fair(void)
{
    bool first[8] = {false};
    int all = 0;

    for (SimTime at = 1; at <= 100; at++) {
        g_autofree char *log = log_instant(1, at, 8, 0, 1);

        first[log[0] - 'a'] = true;
    }
    for (int i = 0; i < 8; i++)
        all += first[i];
    CU_ASSERT_EQUAL(all, 8);

    g_autofree char *one = log_instant(1, SIM_S, 8, 0, 1);
    g_autofree char *two = log_instant(2, SIM_S, 8, 0, 1);
    CU_ASSERT(strcmp(one, two) != 0);
}

/* Two events of one source follow each other by counter, and without source h the order of the
 * others is as it was. */
static void
test_one_source_more(void)
{
    g_autofree char *eight = log_instant(1, SIM_S, 8, 0, 1);
    g_autofree char *seven = log_instant(1, SIM_S, 7, 0, 1);
    char *h = strstr(eight, "h0 h1 ");

    CU_ASSERT_FATAL(h != NULL);
    memmove(h, h + 6, strlen(h + 6) + 1);
    TEST_STR_EQUAL(eight, seven);
    CU_ASSERT(strstr(seven, "a0 a1 ") != NULL);
}

static void
test_classes(void)
{
    World w;

    world_init(&w, 1);
    add_class(&w, SIM_S, SIM_CLASS_CHECK, 1, "check");
    add_class(&w, SIM_S, SIM_CLASS_ACTION, 9, "late");
    add_class(&w, SIM_S, SIM_CLASS_ACTION, 2, "early");
    add_class(&w, SIM_S, SIM_CLASS_FAULT, 30, "fault");
    add(&w, SIM_S, "run", 7);
    sim_engine_run(w.engine, SIM_S, 0);
    TEST_STR_EQUAL(w.log->str, "run7 fault0 early0 late0 check0 ");
    world_clear(&w);
}

static void
test_limit(void)
{
    World w;

    world_init(&w, 1);
    add(&w, SIM_S, "a", 0);
    add(&w, SIM_S + 1, "a", 1);
    add(&w, SIM_HOUR, "a", 2);
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, SIM_S, 0), SIM_RUN_LIMIT);
    TEST_STR_EQUAL(w.log->str, "a0 ");
    CU_ASSERT_EQUAL(sim_engine_now(w.engine), SIM_S);
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, SIM_MIN, 0), SIM_RUN_LIMIT);
    CU_ASSERT_EQUAL(sim_engine_now(w.engine), SIM_MIN);
    add(&w, SIM_MIN, "b", 0); /* the queue has not moved past the limit */
    add(&w, SIM_MIN + 1, "b", 1);
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, SIM_DAY, 0), SIM_RUN_IDLE);
    TEST_STR_EQUAL(w.log->str, "a0 a1 b0 b1 a2 ");
    CU_ASSERT_EQUAL(sim_engine_now(w.engine), SIM_HOUR);
    CU_ASSERT_EQUAL(sim_engine_events(w.engine), 5);
    sim_engine_advance(w.engine, SIM_DAY);
    CU_ASSERT_EQUAL(sim_engine_now(w.engine), SIM_DAY);
    world_clear(&w);
}

static void
test_max_events(void)
{
    World w;

    world_init(&w, 1);
    for (uint32_t i = 0; i < 5; i++)
        add(&w, SIM_S + i, "a", i);
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, SIM_MIN, 2), SIM_RUN_LIMIT);
    CU_ASSERT_EQUAL(sim_engine_now(w.engine), SIM_S + 1);
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, SIM_MIN, 2), SIM_RUN_LIMIT);
    TEST_STR_EQUAL(w.log->str, "a0 a1 a2 a3 ");
    CU_ASSERT_EQUAL(sim_engine_pending(w.engine), 1);
    world_clear(&w);
}

static void
test_cancel(void)
{
    World w;
    void *data = NULL;

    world_init(&w, 1);
    SimHandle a = add(&w, SIM_S, "a", 0), b = add(&w, SIM_S, "b", 0);
    CU_ASSERT_EQUAL(sim_engine_due(w.engine, a), SIM_S);
    CU_ASSERT(sim_engine_cancel(w.engine, a, &data));
    TEST_STR_EQUAL(data, "a");
    CU_ASSERT_EQUAL(sim_engine_due(w.engine, a), SIM_TIME_NEVER);
    CU_ASSERT(!sim_engine_cancel(w.engine, a, &data));
    CU_ASSERT(!sim_engine_cancel(w.engine, (SimHandle){0}, NULL));
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, SIM_MIN, 0), SIM_RUN_IDLE);
    TEST_STR_EQUAL(w.log->str, "b0 ");
    CU_ASSERT(!sim_engine_cancel(w.engine, b, NULL));
    world_clear(&w);
}

/* -- the end of an instant ------------------------------------------------------------------ */

static void
on_touching(void *user, const SimEvent *event)
{
    World *w = user;

    on_event(user, event);
    sim_engine_touch(w->engine);
}

static void
on_instant_end(void *user, SimTime instant)
{
    World *w = user;

    g_string_append_printf(w->log, "end@%" G_GINT64_FORMAT " ", instant);
    if (instant == 20 && strstr(w->log->str, "late") == NULL) { /* an action in the same instant */
        sim_engine_schedule(w->engine, 20, SIM_CLASS_ACTION, 1, 0, w->handler, (void *)"late", 0);
        sim_engine_schedule(w->engine, 21, SIM_CLASS_RUN, 1, 0, w->handler, (void *)"next", 0);
    }
}

static void
test_instant_end(void)
{
    World w;
    uint8_t touching;

    world_init(&w, 1);
    touching = sim_engine_add_handler(w.engine, on_touching, &w);
    sim_engine_set_instant_end(w.engine, on_instant_end, &w);
    add(&w, 5, "quiet", 0);
    sim_engine_schedule(w.engine, 10, SIM_CLASS_RUN, 1, 0, touching, (void *)"x", 0);
    sim_engine_schedule(w.engine, 10, SIM_CLASS_CHECK, 1, 0, w.handler, (void *)"y", 0);
    w.handler = touching;
    add(&w, 20, "z", 0);
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, 20, 0), SIM_RUN_LIMIT);
    TEST_STR_EQUAL(w.log->str, "quiet0 x0 y0 end@10 z0 end@20 late0 end@20 ");
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, 30, 0), SIM_RUN_IDLE);
    CU_ASSERT(g_str_has_suffix(w.log->str, "end@20 next0 end@21 "));
    world_clear(&w);
}

static void
stop_at_end(void *user, SimTime instant)
{
    World *w = user;

    (void)instant;
    sim_engine_stop(w->engine);
}

static void
on_stop(void *user, const SimEvent *event)
{
    World *w = user;

    on_touching(user, event);
    if (event->counter == 1)
        sim_engine_stop(w->engine);
}

static void
test_stop(void)
{
    World w;

    world_init(&w, 1);
    w.handler = sim_engine_add_handler(w.engine, on_stop, &w);
    for (uint32_t i = 0; i < 4; i++)
        add(&w, SIM_S, "a", i);
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, SIM_MIN, 0), SIM_RUN_STOPPED);
    TEST_STR_EQUAL(w.log->str, "a0 a1 "); /* inside an instant, which goes on */
    sim_engine_set_instant_end(w.engine, stop_at_end, &w);
    add(&w, SIM_S + 1, "b", 0);
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, SIM_MIN, 0), SIM_RUN_STOPPED);
    TEST_STR_EQUAL(w.log->str, "a0 a1 a2 a3 ");
    CU_ASSERT_EQUAL(sim_engine_now(w.engine), SIM_S);
    world_clear(&w);
}

typedef struct {
    int calls;
    int last;
} Polls;

static bool
on_poll(void *user)
{
    Polls *polls = user;

    return ++polls->calls != polls->last;
}

static void
test_poll(void)
{
    World w;
    Polls polls = {0, 3};

    world_init(&w, 1);
    for (uint32_t i = 0; i < 100; i++)
        add(&w, SIM_S + i, "a", i);
    sim_engine_set_poll(w.engine, 10, on_poll, &polls);
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, SIM_MIN, 0), SIM_RUN_STOPPED);
    CU_ASSERT_EQUAL(polls.calls, 3);
    CU_ASSERT_EQUAL(sim_engine_events(w.engine), 30);
    world_clear(&w);
}

/* Set in the middle of a run, a poll comes so many events later, and then again. */
static void
test_poll_later(void)
{
    World w;
    Polls polls = {0, 2};

    world_init(&w, 1);
    for (uint32_t i = 0; i < 100; i++)
        add(&w, SIM_S + i, "a", i);
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, SIM_MIN, 15), SIM_RUN_LIMIT);
    sim_engine_set_poll(w.engine, 10, on_poll, &polls);
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, SIM_MIN, 0), SIM_RUN_STOPPED);
    CU_ASSERT_EQUAL(sim_engine_events(w.engine), 35);
    world_clear(&w);
}

/* What was told to stop stops, whatever a poll says after that. */
static void
test_poll_takes_nothing_back(void)
{
    World w;
    Polls polls = {0, 99};

    world_init(&w, 1);
    w.handler = sim_engine_add_handler(w.engine, on_stop, &w);
    for (uint32_t i = 0; i < 4; i++)
        add(&w, SIM_S, "a", i);
    sim_engine_set_poll(w.engine, 1, on_poll, &polls);
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, SIM_MIN, 0), SIM_RUN_STOPPED);
    TEST_STR_EQUAL(w.log->str, "a0 a1 ");
    CU_ASSERT_EQUAL(polls.calls, 2);
    world_clear(&w);
}

static void
poll_now(void *user, const SimEvent *event)
{
    SimEngine *engine = user;

    (void)event;
    CU_ASSERT_FALSE(sim_engine_poll(engine));
}

/* A long event asks by itself, and is the last when the answer is no. */
static void
test_poll_now(void)
{
    World w;
    Polls polls = {0, 1};
    uint8_t handler;

    world_init(&w, 1);
    CU_ASSERT_TRUE(sim_engine_poll(w.engine)); /* nobody to ask */
    handler = sim_engine_add_handler(w.engine, poll_now, w.engine);
    sim_engine_set_poll(w.engine, 0, on_poll, &polls);
    sim_engine_schedule(w.engine, 1, SIM_CLASS_RUN, 1, 1, handler, NULL, 0);
    add(&w, SIM_S, "a", 1);
    CU_ASSERT_EQUAL(sim_engine_run(w.engine, SIM_MIN, 0), SIM_RUN_STOPPED);
    CU_ASSERT_EQUAL(polls.calls, 1);
    CU_ASSERT_EQUAL(sim_engine_events(w.engine), 1);
    world_clear(&w);
}

/* -- what is left --------------------------------------------------------------------------- */

static void
count_event(void *user, const SimEvent *event)
{
    (void)event;
    ++*(int *)user;
}

static void
test_drain(void)
{
    World w;
    int count = 0;

    world_init(&w, 1);
    add(&w, 3, "c", 0);
    add(&w, 1, "a", 0);
    add(&w, 2, "b", 0);
    sim_engine_run(w.engine, 1, 0);
    sim_engine_foreach_pending(w.engine, count_event, &count);
    CU_ASSERT_EQUAL(count, 2);
    sim_engine_drain(w.engine, on_event, &w);
    TEST_STR_EQUAL(w.log->str, "a0 b0 c0 ");
    CU_ASSERT_EQUAL(sim_engine_pending(w.engine), 0);
    world_clear(&w);
}

/* A hold model with collisions, whose whole course is one number: the same on any compiler. */
typedef struct {
    SimEngine *engine;
    uint64_t digest;
    SimRandom random;
} Course;

static void
on_course(void *user, const SimEvent *event)
{
    Course *c = user;
    SimTime delay = 1 + sim_random_exponential(&c->random, 20);

    c->digest = sim_mix64(c->digest ^ event->source ^ (uint64_t)event->time << 20);
    sim_engine_schedule(c->engine, event->time + delay, SIM_CLASS_RUN, event->source,
                        event->counter + 1, event->handler, NULL, 0);
}

static void
test_golden_course(void)
{
    g_autoptr(SimEngine) engine = sim_engine_new(3);
    Course course = {engine, 0, {{0}}};
    uint8_t handler = sim_engine_add_handler(engine, on_course, &course);

    sim_random_init(&course.random, 3, "course", "");
    for (uint64_t i = 0; i < 1000; i++)
        sim_engine_schedule(engine, (SimTime)(i % 10), SIM_CLASS_RUN, i, 0, handler, NULL, 0);
    CU_ASSERT_EQUAL(sim_engine_run(engine, SIM_S, 100000), SIM_RUN_LIMIT);
    if (course.digest != UINT64_C(11711077932321603950))
        printf("     course.digest %" PRIu64 "\n", course.digest);
    CU_ASSERT_EQUAL(course.digest, UINT64_C(11711077932321603950));
}

TEST_SUITE(engine, {"order-of-scheduling", test_order_of_scheduling},
           {"order-is-fair", test_order_is_fair}, {"one-source-more", test_one_source_more},
           {"classes", test_classes}, {"limit", test_limit}, {"max-events", test_max_events},
           {"cancel", test_cancel}, {"instant-end", test_instant_end}, {"stop", test_stop},
           {"poll", test_poll}, {"poll-later", test_poll_later},
           {"poll-takes-nothing-back", test_poll_takes_nothing_back}, {"poll-now", test_poll_now},
           {"drain", test_drain}, {"golden-course", test_golden_course})
