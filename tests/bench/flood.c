/* The bare loop; see flood.h. */
#include "tests/bench/flood.h"

#include "tests/bench/bench.h"

#include <glib.h>
#include <math.h>
#include <openssl/evp.h>
#include <string.h>

#define LINKS 8
#define REGIONS 6
#define SMALL_BYTES 61
#define S 1000000000.0

static const double means_ms[REGIONS][REGIONS] = {
    {32, 124, 184, 198, 151, 189}, {124, 11, 227, 237, 252, 294}, {184, 227, 88, 325, 301, 322},
    {198, 237, 325, 85, 58, 198},  {151, 252, 301, 58, 12, 126},  {189, 294, 322, 198, 126, 16},
};
static const double up_mbps[REGIONS] = {19.2, 20.7, 5.8, 15.7, 10.2, 11.3};
static const double down_mbps[REGIONS] = {52, 40, 18, 22.8, 22.8, 29.9};
static const double shares[REGIONS] = {.3316, .4998, .0090, .1177, .0224, .0195};

typedef enum { ANNOUNCE, REQUEST, BLOCK, FOUND } Kind;

typedef struct {
    int64_t time;
    uint64_t counter;
    uint32_t from, to;
    uint32_t block;
    uint8_t kind;
} Event; /* 32 bytes */

typedef struct {
    uint32_t first, count; /* of its neighbours */
    uint32_t has, asked;   /* the newest block that it has, or has asked for */
    int64_t busy_until;    /* its line */
    uint8_t region;
} Node;

typedef struct {
    Node *nodes;
    uint32_t *neighbours;
    Event *heap;
    size_t count, size;
    uint64_t counter, messages;
    uint64_t rng;
    FloodSpec spec;
    EVP_MD_CTX *digest;
    uint8_t buffer[128 * 40];
    size_t used;
    double *arrivals; /* of the present block, in order */
    uint32_t current, reached;
    int64_t found_at;
    double *p50, *p90;
} Flood;

static uint64_t
draw(Flood *f)
{
    uint64_t z = f->rng += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static double
unit(Flood *f)
{
    return ((double)(draw(f) >> 11) + 0.5) * 0x1p-53;
}

/* --- a 4-ary heap ------------------------------------------------------------------------- */

static int
before(const Event *a, const Event *b)
{
    return a->time != b->time ? a->time < b->time : a->counter < b->counter;
}

static void
push(Flood *f, Event event)
{
    size_t i = f->count++;

    if (f->count > f->size) {
        f->size = MAX(1024, f->size * 2);
        f->heap = g_renew(Event, f->heap, f->size);
    }
    event.counter = f->counter++;
    for (; i > 0 && before(&event, &f->heap[(i - 1) / 4]); i = (i - 1) / 4)
        f->heap[i] = f->heap[(i - 1) / 4];
    f->heap[i] = event;
}

static Event
pop(Flood *f)
{
    Event top = f->heap[0], last = f->heap[--f->count];
    size_t i = 0;

    for (;;) {
        size_t child = 4 * i + 1, best = child;

        if (child >= f->count)
            break;
        for (size_t k = child + 1; k < MIN(child + 4, f->count); k++) {
            if (before(&f->heap[k], &f->heap[best]))
                best = k;
        }
        if (!before(&f->heap[best], &last))
            break;
        f->heap[i] = f->heap[best];
        i = best;
    }
    f->heap[i] = last;
    return top;
}

/* --- messages ----------------------------------------------------------------------------- */

static int64_t
latency(Flood *f, const Node *a, const Node *b, int small)
{
    double mean = means_ms[a->region][b->region];
    double ms = (mean - 5) * pow(unit(f), -1 / (0.2 * mean)) + (small ? 10 : 0);

    return (int64_t)(ms * 1e6) + 1;
}

static void
record(Flood *f, const Event *e, int64_t sent)
{
    uint8_t *p = f->buffer + f->used;

    memset(p, 0, 40);
    p[0] = e->kind;
    memcpy(p + 8, &sent, 8);
    memcpy(p + 16, &e->time, 8);
    memcpy(p + 24, &e->from, 8);
    memcpy(p + 32, &e->block, 4);
    f->used += 40;
    if (f->used == sizeof f->buffer) {
        EVP_DigestUpdate(f->digest, f->buffer, f->used);
        f->used = 0;
    }
}

static void
send(Flood *f, int64_t now, Kind kind, uint32_t from, uint32_t to, uint32_t block)
{
    Node *a = &f->nodes[from], *b = &f->nodes[to];
    Event event = {.from = from, .to = to, .block = block, .kind = (uint8_t)kind};
    int64_t start = now;

    if (kind == BLOCK) {
        double rate = MIN(up_mbps[a->region], down_mbps[b->region]) * 1e6;

        start = MAX(now, a->busy_until) + (int64_t)(f->spec.block_bytes * 8.0 / rate * S);
        a->busy_until = start;
    }
    event.time = start + latency(f, a, b, kind != BLOCK);
    f->messages++;
    record(f, &event, now);
    push(f, event);
}

static void
announce(Flood *f, int64_t now, uint32_t node, uint32_t block)
{
    const Node *n = &f->nodes[node];

    for (uint32_t i = 0; i < n->count; i++)
        send(f, now, ANNOUNCE, node, f->neighbours[n->first + i], block);
}

static void
have(Flood *f, int64_t now, uint32_t node, uint32_t block)
{
    Node *n = &f->nodes[node];

    if (n->has >= block)
        return;
    n->has = n->asked = block;
    if (block == f->current)
        f->arrivals[f->reached++] = (double)(now - f->found_at) / S;
    announce(f, now, node, block);
}

static void
close_block(Flood *f, uint32_t block)
{
    uint32_t n = f->spec.nodes;

    if (block == 0 || f->reached < n)
        return;
    f->p50[block - 1] = f->arrivals[n / 2];
    f->p90[block - 1] = f->arrivals[n * 9 / 10];
}

static void
found(Flood *f, int64_t now, uint32_t block)
{
    close_block(f, block - 1);
    f->current = block;
    f->reached = 0;
    f->found_at = now;
    have(f, now, (uint32_t)(draw(f) % f->spec.nodes), block);
    if (block < f->spec.blocks)
        push(f, (Event){.time = now + (int64_t)(-log(unit(f)) * 600 * S),
                        .block = block + 1,
                        .kind = FOUND});
}

static void
handle(Flood *f, const Event *e)
{
    Node *to = &f->nodes[e->to];

    switch (e->kind) {
    case ANNOUNCE:
        if (to->asked >= e->block)
            break;
        to->asked = e->block;
        send(f, e->time, REQUEST, e->to, e->from, e->block);
        break;
    case REQUEST:
        send(f, e->time, BLOCK, e->to, e->from, e->block);
        break;
    case BLOCK:
        have(f, e->time, e->to, e->block);
        break;
    default:
        found(f, e->time, e->block);
    }
}

/* --- the graph ---------------------------------------------------------------------------- */

static int
is_linked(const uint32_t *opened, uint32_t from, uint32_t count, uint32_t to)
{
    for (uint32_t i = 0; i < count; i++) {
        if (opened[from * LINKS + i] == to)
            return 1;
    }
    return 0;
}

static void
build(Flood *f)
{
    uint32_t n = f->spec.nodes;
    uint32_t *opened = g_new(uint32_t, (size_t)n * LINKS), *at = g_new0(uint32_t, n + 1);

    f->nodes = g_new0(Node, n);
    f->neighbours = g_new(uint32_t, (size_t)n * LINKS * 2);
    for (uint32_t i = 0; i < n; i++) {
        double u = unit(f);

        while (f->nodes[i].region < REGIONS - 1 && u >= shares[f->nodes[i].region])
            u -= shares[f->nodes[i].region++];
        for (uint32_t k = 0; k < LINKS;) {
            uint32_t to = (uint32_t)(draw(f) % n);

            if (to == i || is_linked(opened, i, k, to) ||
                (to < i && is_linked(opened, to, LINKS, i)))
                continue;
            opened[i * LINKS + k++] = to;
            f->nodes[i].count++;
            f->nodes[to].count++;
        }
    }
    for (uint32_t i = 0, first = 0; i < n; i++) {
        f->nodes[i].first = at[i] = first;
        first += f->nodes[i].count;
    }
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < LINKS; k++) {
            uint32_t to = opened[i * LINKS + k];

            f->neighbours[at[i]++] = to;
            f->neighbours[at[to]++] = i;
        }
    }
    g_free(opened);
    g_free(at);
}

void
flood_run(FloodResult *ret_result, const FloodSpec *spec)
{
    Flood *f = g_new0(Flood, 1);
    double start = bench_cpu_seconds();
    unsigned length;

    f->spec = *spec;
    f->rng = spec->seed;
    f->digest = EVP_MD_CTX_new();
    EVP_DigestInit_ex(f->digest, EVP_sha256(), NULL);
    build(f);
    f->arrivals = g_new(double, spec->nodes);
    f->p50 = g_new0(double, spec->blocks);
    f->p90 = g_new0(double, spec->blocks);
    push(f, (Event){.time = 1, .block = 1, .kind = FOUND});
    while (f->count > 0) {
        Event e = pop(f);

        handle(f, &e);
    }
    close_block(f, spec->blocks);
    EVP_DigestUpdate(f->digest, f->buffer, f->used);
    EVP_DigestFinal_ex(f->digest, ret_result->digest, &length);
    ret_result->cpu_seconds = bench_cpu_seconds() - start;
    ret_result->messages = f->messages;
    ret_result->p50_s = bench_median(f->p50, spec->blocks);
    ret_result->p90_s = bench_median(f->p90, spec->blocks);
    EVP_MD_CTX_free(f->digest);
    g_free(f->nodes);
    g_free(f->neighbours);
    g_free(f->heap);
    g_free(f->arrivals);
    g_free(f->p50);
    g_free(f->p90);
    g_free(f);
}
