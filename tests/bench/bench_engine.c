/* The event queue under the hold model, beside a plain binary heap; and what a draw costs.
 *
 * Hold (Vaucher & Duval, "A comparison of simulation event list algorithms", CACM 18(4), 1975):
 * with n events pending, take the first and schedule one an exponential increment later. The
 * increments are drawn beforehand and the same for all. The heap holds records of 32 bytes by
 * value, orders them by time alone and can cancel nothing, so it does less than our queue.
 */
#include "sim/engine/distribution.h"
#include "sim/engine/engine.h"
#include "sim/engine/queue.h"
#include "sim/engine/random.h"
#include "tests/bench/bench.h"

#include <glib.h>
#include <stdio.h>

#define INCREMENTS (1u << 16)
#define MEAN (50 * SIM_MS)
#define ROUNDS 7
#define HOLDS 2000000

static SimTime *increments;

/* -- the heap ------------------------------------------------------------------------------- */

typedef struct {
    SimTime time;
    uint64_t source;
    void *data;
    uint64_t arg;
} Record;

typedef struct {
    Record *records; /* from 1 */
    size_t count;
} Heap;

static void
heap_push(Heap *heap, Record record)
{
    size_t at = ++heap->count;

    for (; at > 1 && record.time < heap->records[at / 2].time; at /= 2)
        heap->records[at] = heap->records[at / 2];
    heap->records[at] = record;
}

static Record
heap_pop(Heap *heap)
{
    Record first = heap->records[1], last = heap->records[heap->count--];
    size_t at = 1;

    for (size_t child; (child = 2 * at) <= heap->count; at = child) {
        if (child < heap->count && heap->records[child + 1].time < heap->records[child].time)
            child++;
        if (last.time <= heap->records[child].time)
            break;
        heap->records[at] = heap->records[child];
    }
    heap->records[at] = last;
    return first;
}

/* -- holds ---------------------------------------------------------------------------------- */

/* Each returns M holds a second and keeps its state from round to round. */

static double
hold_heap(Heap *heap, unsigned *draw)
{
    double start = bench_cpu_seconds();

    for (unsigned i = 0; i < HOLDS; i++) {
        Record record = heap_pop(heap);

        record.time += increments[(*draw)++ % INCREMENTS];
        heap_push(heap, record);
    }
    return HOLDS / (bench_cpu_seconds() - start) / 1e6;
}

static double
hold_queue(SimQueue *queue, unsigned *draw)
{
    double start = bench_cpu_seconds();

    for (unsigned i = 0; i < HOLDS; i++) {
        SimEvent event;

        sim_queue_pop(queue, &event, SIM_TIME_NEVER);
        event.time += increments[(*draw)++ % INCREMENTS];
        sim_queue_push(queue, &event);
    }
    return HOLDS / (bench_cpu_seconds() - start) / 1e6;
}

typedef struct {
    SimEngine *engine;
    unsigned draw;
} Holder;

static void
on_event(void *user, const SimEvent *event)
{
    Holder *h = user;
    SimTime at = event->time + increments[h->draw++ % INCREMENTS];

    sim_engine_schedule(h->engine, at, SIM_CLASS_RUN, event->source, event->counter + 1,
                        event->handler, event->data, event->arg);
}

static double
hold_engine(Holder *h)
{
    double start = bench_cpu_seconds();

    sim_engine_run(h->engine, SIM_TIME_NEVER, HOLDS);
    return HOLDS / (bench_cpu_seconds() - start) / 1e6;
}

static void
print_hold(size_t n)
{
    Heap heap = {g_new(Record, n + 2), 0};
    SimQueue *queue = sim_queue_new(1);
    g_autoptr(SimEngine) engine = sim_engine_new(1);
    Holder holder = {engine, 0};
    uint8_t handler = sim_engine_add_handler(engine, on_event, &holder);
    unsigned draws[2] = {0, 0};
    double rates[3][ROUNDS];

    for (size_t i = 0; i < n; i++) {
        SimTime at = increments[(i * 7919) % INCREMENTS];

        heap_push(&heap, (Record){at, i, NULL, 0});
        sim_queue_push(queue, &(SimEvent){.time = at, .source = i});
        sim_engine_schedule(engine, at, SIM_CLASS_RUN, i, 0, handler, NULL, 0);
    }
    for (int round = -1; round < ROUNDS; round++) { /* the first warms up and does not count */
        int at = round < 0 ? 0 : round;

        rates[0][at] = hold_heap(&heap, &draws[0]);
        rates[1][at] = hold_queue(queue, &draws[1]);
        rates[2][at] = hold_engine(&holder);
    }

    double heap_rate = bench_median(rates[0], ROUNDS);
    double queue_rate = bench_median(rates[1], ROUNDS);
    double engine_rate = bench_median(rates[2], ROUNDS);

    printf("%9zu  %8.2f  %9.2f  %8.2f  %10.2f  %11.2f\n", n, heap_rate, queue_rate, engine_rate,
           queue_rate / heap_rate, engine_rate / heap_rate);
    sim_queue_free(queue);
    g_free(heap.records);
}

/* -- draws ---------------------------------------------------------------------------------- */

static void
print_draws(void)
{
    static const struct {
        const char *name;
        SimDistribution d;
    } rows[] = {
        {"uniform", {SIM_DISTRIBUTION_UNIFORM, 0, MEAN, 0, NULL}},
        {"exponential", {SIM_DISTRIBUTION_EXPONENTIAL, MEAN, 0, 0, NULL}},
        {"normal", {SIM_DISTRIBUTION_NORMAL, MEAN, MEAN / 4, 0, NULL}},
        {"lognormal", {SIM_DISTRIBUTION_LOGNORMAL, MEAN, 0, SIM_PPB / 2, NULL}},
        {"pareto", {SIM_DISTRIBUTION_PARETO, MEAN, 0, 5 * SIM_PPB, NULL}},
    };

    printf("\nns a draw\n");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        double times[ROUNDS];
        SimCounter c;
        volatile SimTime sink = 0;

        sim_counter_init(&c, 1, i);
        for (int round = 0; round < ROUNDS; round++) {
            double start = bench_cpu_seconds();

            for (int k = 0; k < HOLDS; k++)
                sink += sim_distribution_sample(&rows[i].d, &c);
            times[round] = (bench_cpu_seconds() - start) / HOLDS * 1e9;
        }
        printf("%12s  %5.2f\n", rows[i].name, bench_median(times, ROUNDS));
    }
}

void
bench_engine(void)
{
    SimRandom r;

    increments = g_new(SimTime, INCREMENTS);
    sim_random_init(&r, 1, "bench", "hold");
    for (unsigned i = 0; i < INCREMENTS; i++)
        increments[i] = sim_random_exponential(&r, MEAN) + 1;
    printf("hold model, M/s (medians of %d interleaved rounds of %d)\n", ROUNDS, HOLDS);
    printf("  pending      heap      queue    engine  queue/heap  engine/heap\n");
    print_hold(1000);
    print_hold(100000);
    print_hold(1000000);
    print_draws();
    g_free(increments);
}
