/* The queue against a plain list that is searched for its least event each time.
 *
 * The list's order is written here from the contract in event.h, not taken from the queue.
 */
#include "sim/engine/queue.h"
#include "sim/engine/random.h"
#include "tests/harness/harness.h"

#include <glib.h>

#define SEED 11

typedef struct {
    SimEvent event;
    SimHandle handle;
} Row;

typedef struct {
    SimQueue *queue;
    GArray *rows;
    SimRandom random;
    SimTime now;
    uint32_t counter;
} Pair;

static uint64_t
hash_of(const SimEvent *e)
{
    return sim_key_combine(e->source ^ sim_mix64(SEED), (uint64_t)e->time) >> 2;
}

static bool
comes_before(const SimEvent *a, const SimEvent *b)
{
    if (a->time != b->time)
        return a->time < b->time;
    if (a->klass != b->klass)
        return a->klass < b->klass;
    if (a->klass == SIM_CLASS_RUN && hash_of(a) != hash_of(b))
        return hash_of(a) < hash_of(b);
    if (a->source != b->source)
        return a->source < b->source;
    return a->counter < b->counter;
}

static guint
least_row(const Pair *pair)
{
    guint least = 0;

    for (guint i = 1; i < pair->rows->len; i++) {
        if (comes_before(&g_array_index(pair->rows, Row, i).event,
                         &g_array_index(pair->rows, Row, least).event))
            least = i;
    }
    return least;
}

static void
push(Pair *pair, SimTime at, SimClass klass)
{
    Row row = {.event = {.time = at, .klass = (uint8_t)klass}};

    row.event.source = sim_random_below(&pair->random, 5);
    row.event.counter = pair->counter++;
    row.event.arg = row.event.counter;
    row.handle = sim_queue_push(pair->queue, &row.event);
    g_array_append_val(pair->rows, row);
}

/* Pops up to limit from both; they must agree. */
static bool
pop(Pair *pair, SimTime limit)
{
    bool is_due = false;
    SimEvent event;
    SimTime next = -1;
    guint least = 0;

    if (pair->rows->len > 0) {
        least = least_row(pair);
        is_due = g_array_index(pair->rows, Row, least).event.time <= limit;
    }
    CU_ASSERT_EQUAL(sim_queue_count(pair->queue), pair->rows->len);
    CU_ASSERT_EQUAL(sim_queue_peek(pair->queue, &next, limit), is_due);
    CU_ASSERT_EQUAL_FATAL(sim_queue_pop(pair->queue, &event, limit), is_due);
    if (!is_due)
        return false;
    CU_ASSERT_EQUAL(next, event.time);
    CU_ASSERT_EQUAL_FATAL(event.arg, g_array_index(pair->rows, Row, least).event.arg);
    pair->now = event.time;
    g_array_remove_index_fast(pair->rows, least);
    return true;
}

static void
cancel_any(Pair *pair)
{
    guint i;
    SimEvent event;
    SimHandle handle;

    if (pair->rows->len == 0)
        return;
    i = (guint)sim_random_below(&pair->random, pair->rows->len);
    handle = g_array_index(pair->rows, Row, i).handle;
    CU_ASSERT(sim_queue_find(pair->queue, handle) != NULL);
    CU_ASSERT_FATAL(sim_queue_cancel(pair->queue, &event, handle));
    CU_ASSERT_EQUAL(event.arg, g_array_index(pair->rows, Row, i).event.arg);
    CU_ASSERT(!sim_queue_cancel(pair->queue, NULL, handle));
    CU_ASSERT(sim_queue_find(pair->queue, handle) == NULL);
    g_array_remove_index_fast(pair->rows, i);
}

static void
pair_init(Pair *pair, const char *name)
{
    *pair = (Pair){sim_queue_new(SEED), g_array_new(FALSE, FALSE, sizeof(Row)), {{0}}, 0, 0};
    sim_random_init(&pair->random, 1, "queue", name);
}

static void
pair_clear(Pair *pair)
{
    while (pop(pair, SIM_TIME_NEVER))
        continue;
    CU_ASSERT_EQUAL(sim_queue_count(pair->queue), 0);
    sim_queue_free(pair->queue);
    g_array_unref(pair->rows);
}

/* A delay of any magnitude up to 2^top ns, often 0 or small. */
static SimTime
any_delay(Pair *pair, unsigned top)
{
    unsigned bits = (unsigned)sim_random_below(&pair->random, top + 1);

    return (SimTime)sim_random_below(&pair->random, UINT64_C(1) << bits);
}

static void
any_step(Pair *pair, unsigned top, unsigned most)
{
    unsigned what = (unsigned)sim_random_below(&pair->random, 16);
    SimTime limit = pair->now + any_delay(pair, top);

    if (what < 7 && pair->rows->len < most) {
        push(pair, pair->now + any_delay(pair, top),
             (SimClass)sim_random_below(&pair->random, what == 0 ? 4 : 1));
    } else if (what < 10) {
        cancel_any(pair);
    } else if (what < 14) {
        pop(pair, SIM_TIME_NEVER);
    } else if (!pop(pair, limit)) {
        pair->now = limit; /* found nothing: time may go on to the limit, and no further */
    }
}

static void
test_against_list(void)
{
    static const unsigned tops[] = {0, 2, 5, 9, 14, 24, 40, 50};

    for (size_t i = 0; i < G_N_ELEMENTS(tops); i++) {
        Pair pair;

        pair_init(&pair, "mix");
        for (int step = 0; step < 20000; step++)
            any_step(&pair, tops[i], 60);
        pair_clear(&pair);
    }
}

/* Fronts that grow, spill and are cancelled from: a burst close ahead, then a burst at once. */
static void
test_bursts(void)
{
    Pair pair;

    pair_init(&pair, "bursts");
    for (int round = 0; round < 60; round++) {
        unsigned top = (unsigned)sim_random_below(&pair.random, 14);

        for (int i = 0; i < 300; i++)
            push(&pair, pair.now + any_delay(&pair, top), SIM_CLASS_RUN);
        for (int i = 0; i < 100; i++) {
            pop(&pair, SIM_TIME_NEVER);
            push(&pair, pair.now + any_delay(&pair, top), SIM_CLASS_RUN);
            cancel_any(&pair);
            push(&pair, pair.now + any_delay(&pair, 3), SIM_CLASS_RUN);
        }
        for (int i = 0; i < 280; i++)
            pop(&pair, SIM_TIME_NEVER);
    }
    pair_clear(&pair);
}

/* An instant of thousands is sorted by the rest of the key; later classes come to it meanwhile. */
static void
test_one_instant(void)
{
    Pair pair;

    pair_init(&pair, "instant");
    for (int i = 0; i < 1500; i++)
        push(&pair, 77 * SIM_S, i % 7 == 0 ? SIM_CLASS_CHECK : SIM_CLASS_RUN);
    for (int i = 0; i < 300; i++)
        cancel_any(&pair);
    for (int i = 0; i < 200; i++) {
        pop(&pair, SIM_TIME_NEVER);
        push(&pair, 77 * SIM_S, SIM_CLASS_ACTION);
    }
    pair_clear(&pair);
}

/* A cancelled event of an instant in the front, whose node is taken again at once: the entry left
 * behind must not mislead what is put in after it. */
static void
test_stale_ties(void)
{
    Pair pair;

    pair_init(&pair, "stale");
    for (int round = 0; round < 400; round++) {
        SimTime at = pair.now + SIM_S;

        for (int i = 0; i < 12; i++)
            push(&pair, at + (i % 2), SIM_CLASS_RUN);
        push(&pair, at - 1, SIM_CLASS_RUN);
        pop(&pair, SIM_TIME_NEVER); /* loads the front with what follows */
        for (int i = 0; i < 12; i++) {
            cancel_any(&pair);
            push(&pair, at + (i % 2), SIM_CLASS_RUN);
        }
        while (pop(&pair, SIM_TIME_NEVER))
            continue;
    }
    pair_clear(&pair);
}

/* Time-outs that are nearly all cancelled: memory must not grow with the cancels. */
static void
test_sweep(void)
{
    SimQueue *queue = sim_queue_new(1);
    SimHandle last = {0};
    SimEvent event;
    SimTime before = 0;
    int kept = 0;

    for (int i = 0; i < 300000; i++) {
        if (i % 100 != 1)
            sim_queue_cancel(queue, NULL, last);
        last = sim_queue_push(queue, &(SimEvent){.time = (SimTime)i * 7 % 1000003 * SIM_MS});
    }
    CU_ASSERT_EQUAL(sim_queue_count(queue), 3001);
    while (sim_queue_pop(queue, &event, SIM_TIME_NEVER)) {
        CU_ASSERT(event.time >= before);
        before = event.time;
        kept++;
    }
    CU_ASSERT_EQUAL(kept, 3001);
    sim_queue_free(queue);
}

static void
test_far_times(void)
{
    Pair pair;

    pair_init(&pair, "far");
    push(&pair, SIM_TIME_NEVER, SIM_CLASS_RUN);
    push(&pair, SIM_TIME_NEVER - 1, SIM_CLASS_RUN);
    push(&pair, INT64_C(1) << 62, SIM_CLASS_RUN);
    push(&pair, (INT64_C(1) << 62) - 1, SIM_CLASS_RUN);
    push(&pair, (INT64_C(1) << 60) - 1, SIM_CLASS_RUN);
    push(&pair, INT64_C(1) << 60, SIM_CLASS_RUN);
    push(&pair, 0, SIM_CLASS_RUN);
    CU_ASSERT(pop(&pair, 0));
    CU_ASSERT(!pop(&pair, SIM_DAY));
    push(&pair, SIM_DAY, SIM_CLASS_RUN);
    CU_ASSERT(pop(&pair, SIM_DAY));
    for (int i = 0; i < 200; i++)
        push(&pair, (INT64_C(1) << 62) + i % 3, SIM_CLASS_RUN);
    pair_clear(&pair);
}

/* A look ahead over a boundary of the wheel's high digits, then much that comes before what was
 * seen: the wheel's position must not go back over that boundary. */
static void
test_peek_then_earlier(void)
{
    SimTime next = 0;
    Pair pair;

    pair_init(&pair, "earlier");
    for (SimTime round = 1; round <= 20; round++) {
        SimTime boundary = round << 36;

        push(&pair, boundary - SIM_S / 2, SIM_CLASS_RUN);
        pop(&pair, SIM_TIME_NEVER);
        for (int i = 0; i < 120; i++)
            push(&pair, boundary + (i < 40 ? 0 : 2 * SIM_S) + any_delay(&pair, 29), SIM_CLASS_RUN);
        CU_ASSERT(sim_queue_peek(pair.queue, &next, SIM_TIME_NEVER));
        CU_ASSERT(next >= boundary);
        for (int i = 0; i < 300; i++)
            push(&pair, pair.now + any_delay(&pair, 28), SIM_CLASS_RUN);
        while (pop(&pair, SIM_TIME_NEVER))
            continue;
    }
    pair_clear(&pair);
}

static void
test_handles(void)
{
    SimQueue *queue = sim_queue_new(1);
    SimHandle none = {0}, first, second;
    SimEvent event;

    CU_ASSERT(!sim_queue_cancel(queue, NULL, none));
    CU_ASSERT(!sim_queue_cancel(queue, NULL, (SimHandle){12345}));
    first = sim_queue_push(queue, &(SimEvent){.time = 5});
    CU_ASSERT(first.id != 0);
    CU_ASSERT(sim_queue_pop(queue, &event, 5));
    second = sim_queue_push(queue, &(SimEvent){.time = 6}); /* takes the same node */
    CU_ASSERT(second.id != first.id);
    CU_ASSERT(!sim_queue_cancel(queue, NULL, first));
    CU_ASSERT(sim_queue_cancel(queue, &event, second));
    CU_ASSERT_EQUAL(event.time, 6);
    CU_ASSERT(!sim_queue_pop(queue, &event, SIM_TIME_NEVER));
    sim_queue_free(queue);
}

static void
append_arg(void *user, const SimEvent *event)
{
    g_array_append_val(user, event->arg);
}

static void
add_arg(void *user, const SimEvent *event)
{
    *(uint64_t *)user += event->arg;
}

static void
test_drain(void)
{
    SimQueue *queue = sim_queue_new(1);
    g_autoptr(GArray) args = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    uint64_t sum = 0;
    SimEvent event;

    for (uint64_t i = 0; i < 100; i++) {
        SimEvent e = {.time = (SimTime)(i * 37 % 100) * SIM_MS, .arg = i * 37 % 100};

        e.handler = e.arg % 2 == 0;
        sim_queue_push(queue, &e);
    }
    for (int i = 0; i < 10; i++)
        sim_queue_pop(queue, &event, SIM_TIME_NEVER);
    sim_queue_foreach(queue, add_arg, &sum);
    CU_ASSERT_EQUAL(sum, 99 * 100 / 2 - 9 * 10 / 2);
    sim_queue_drain(queue, 1, append_arg, args);
    CU_ASSERT_EQUAL(args->len, 45);
    for (guint i = 0; i < args->len; i++)
        CU_ASSERT_EQUAL(g_array_index(args, uint64_t, i), 10 + 2 * i);
    CU_ASSERT(sim_queue_pop(queue, &event, SIM_TIME_NEVER));
    CU_ASSERT_EQUAL(event.arg, 11);
    g_array_set_size(args, 0);
    sim_queue_drain(queue, SIM_HANDLER_ANY, append_arg, args);
    CU_ASSERT_EQUAL(args->len, 44);
    CU_ASSERT_EQUAL(sim_queue_count(queue), 0);
    sim_queue_free(queue);
}

/* One event far away is loaded as a slot that spans more than an hour; what comes then all falls
 * into it, so that it is put back into the wheel again and again, each time at an earlier place. */
static void
test_spills(void)
{
    Pair pair;

    pair_init(&pair, "spills");
    push(&pair, (SimTime)1 << 42, SIM_CLASS_RUN);
    pop(&pair, SIM_TIME_NEVER);
    for (unsigned bits = 40; bits >= 10; bits -= 6) {
        for (unsigned i = 0; i < 160; i++)
            push(&pair, pair.now + 1 + (SimTime)sim_random_below(&pair.random, UINT64_C(1) << bits),
                 SIM_CLASS_RUN);
    }
    pair_clear(&pair);
}

/* A front of several slots, with more to come on their level, spills too: a burst that falls into
 * it is not put in place one by one, however large it is. */
static void
test_spills_among_slots(void)
{
    uint32_t longest = 0;
    Pair pair;

    pair_init(&pair, "spills among slots");
    pair.now = (SimTime)1 << 40;
    for (unsigned i = 0; i < 200; i++)
        push(&pair, pair.now + i * (SimTime)80000, SIM_CLASS_RUN);
    while (pair.now < ((SimTime)1 << 40) + 300000)
        pop(&pair, SIM_TIME_NEVER);
    for (unsigned i = 0; i < 2000; i++) {
        push(&pair, pair.now + 1 + (SimTime)sim_random_below(&pair.random, 8000000), SIM_CLASS_RUN);
        longest = MAX(longest, sim_queue_ahead_count(pair.queue));
    }
    CU_ASSERT(longest <= 200);
    pair_clear(&pair);
}

TEST_SUITE(queue, {"against-list", test_against_list}, {"bursts", test_bursts},
           {"one-instant", test_one_instant}, {"stale-ties", test_stale_ties},
           {"sweep", test_sweep}, {"far-times", test_far_times},
           {"peek-then-earlier", test_peek_then_earlier}, {"handles", test_handles},
           {"drain", test_drain}, {"spills", test_spills},
           {"spills-among-slots", test_spills_among_slots})
