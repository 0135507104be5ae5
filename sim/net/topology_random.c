/* Regular, random, small-world and scale-free graphs: see topology.h for their definitions. */
#include "sim/net/topology_private.h"

#include "sim/engine/assert.h"
#include "sim/engine/distribution.h"

#include <string.h>

typedef unsigned __int128 u128;

/* Returns true with probability p_ppt / SIM_PPT. */
static bool
draw_chance(SimRandom *r, uint64_t p_ppt)
{
    return sim_random_below(r, SIM_PPT) < p_ppt;
}

/* -- regular -------------------------------------------------------------------------------- */

#define SUITED_MAX 1000 /* up to this many stubs, all pairs are tested */

/* The neighbours of each node so far; a row has room for k. */
typedef struct {
    uint32_t k;
    uint32_t *rows;
    uint32_t *counts;
} Rows;

static void
rows_init(Rows *rows, uint32_t n, uint32_t k)
{
    rows->k = k;
    rows->rows = g_new(uint32_t, (size_t)n * k + 1);
    rows->counts = g_new0(uint32_t, (size_t)n + 1);
}

static void
rows_clear(Rows *rows)
{
    g_free(rows->rows);
    g_free(rows->counts);
}

static bool
rows_hold(const Rows *rows, uint32_t a, uint32_t b)
{
    const uint32_t *row = rows->rows + (size_t)a * rows->k;

    for (uint32_t i = 0; i < rows->counts[a]; i++) {
        if (row[i] == b)
            return true;
    }
    return false;
}

static void
rows_add(Rows *rows, uint32_t a, uint32_t b)
{
    sim_assert(rows->counts[a] < rows->k);
    rows->rows[(size_t)a * rows->k + rows->counts[a]++] = b;
}

static bool
fits(const Rows *rows, uint32_t a, uint32_t b)
{
    return a != b && !rows_hold(rows, a, b);
}

static bool
some_pair_fits(const Rows *rows, const uint32_t *stubs, uint32_t count)
{
    if (count > SUITED_MAX)
        return true; /* so many cannot all exclude each other */
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = i + 1; j < count; j++) {
            if (fits(rows, stubs[i], stubs[j]))
                return true;
        }
    }
    return false;
}

/* Pairs the stubs in random order. Moves those that do not fit to the front and returns their
 * number. */
static uint32_t
pair_stubs(GArray *pairs, Rows *rows, uint32_t *stubs, uint32_t count, SimRandom *r)
{
    uint32_t left = 0;

    sim_topology_shuffle(stubs, count, r);
    for (uint32_t i = 0; i < count; i += 2) {
        uint32_t a = stubs[i], b = stubs[i + 1];

        if (fits(rows, a, b)) {
            rows_add(rows, a, b);
            rows_add(rows, b, a);
            sim_topology_add(pairs, a, b);
        } else {
            stubs[left++] = a;
            stubs[left++] = b;
        }
    }
    return left;
}

static bool
pair_all(GArray *pairs, uint32_t n, uint32_t k, SimRandom *r)
{
    g_autofree uint32_t *stubs = g_new(uint32_t, (size_t)n * k + 1);
    uint32_t count = n * k, left;
    bool ok = true;
    Rows rows;

    for (uint32_t i = 0; i < count; i++)
        stubs[i] = i / k;
    rows_init(&rows, n, k);
    while (count > 0 && ok) {
        left = pair_stubs(pairs, &rows, stubs, count, r);
        ok = left < count || some_pair_fits(&rows, stubs, left);
        count = left;
    }
    rows_clear(&rows);
    return ok;
}

/* Replaces the pairs by all pairs that are not among them. */
static void
complement(GArray *pairs, uint32_t n)
{
    g_autofree bool *there = g_new0(bool, (size_t)n *n + 1);

    for (guint i = 0; i < pairs->len; i++) {
        SimPair pair = g_array_index(pairs, SimPair, i);

        there[(size_t)pair.a * n + pair.b] = there[(size_t)pair.b * n + pair.a] = true;
    }
    g_array_set_size(pairs, 0);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = i + 1; j < n; j++) {
            if (!there[(size_t)i * n + j])
                sim_topology_add(pairs, i, j);
        }
    }
}

bool
sim_topology_regular(GArray *pairs, const SimTopologySpec *spec, SimRandom *r)
{
    uint32_t n = spec->n, k = spec->k;

    sim_assert(k < n);
    sim_assert((uint64_t)n * k <= UINT32_MAX);
    sim_assert(n % 2 == 0 || k % 2 == 0);
    if (k <= (n - 1) / 2)
        return pair_all(pairs, n, k, r);
    if (!pair_all(pairs, n, n - 1 - k, r))
        return false;
    complement(pairs, n);
    return true;
}

/* -- random --------------------------------------------------------------------------------- */

#define LOG_BITS 62

/* -ln(1 - p) in units of 2^-62 for 0 < p <= 1/4: p + p^2 / 2 + p^3 / 3 + … */
static uint64_t
minus_log_rest(uint64_t p_ppt)
{
    uint64_t p = (uint64_t)(((u128)p_ppt << LOG_BITS) / SIM_PPT), power = p, sum = 0;

    for (uint64_t i = 1; power > 0; i++) {
        sum += power / i;
        power = (uint64_t)((u128)power * p >> LOG_BITS);
    }
    return sum;
}

/* Draws how many pairs to skip before the next: geometric, as the integer part of an exponential
 * variate divided by -ln(1 - p). */
static u128
draw_skip(SimCounter *c, uint64_t rate)
{
    return ((u128)sim_variate_exponential(c) << (LOG_BITS - SIM_VARIATE_BITS)) / rate;
}

static void
random_by_skips(GArray *pairs, const SimTopologySpec *spec, SimRandom *r)
{
    uint64_t rate = minus_log_rest(spec->p_ppt), n = spec->n;
    u128 at = 0; /* the pair (row, at), once at < row */
    uint64_t row = 1;
    SimCounter c;

    sim_counter_init(&c, sim_random_next(r), 0);
    for (;;) {
        at += draw_skip(&c, rate);
        while (row < n && at >= row)
            at -= row++;
        if (row >= n)
            return;
        sim_topology_add(pairs, (uint32_t)at++, (uint32_t)row);
    }
}

static void
random_pair_by_pair(GArray *pairs, const SimTopologySpec *spec, SimRandom *r)
{
    for (uint32_t i = 1; i < spec->n; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (draw_chance(r, spec->p_ppt))
                sim_topology_add(pairs, j, i);
        }
    }
}

void
sim_topology_random(GArray *pairs, const SimTopologySpec *spec, SimRandom *r)
{
    sim_assert(spec->p_ppt <= SIM_PPT);
    if (spec->p_ppt > SIM_PPT / 4)
        random_pair_by_pair(pairs, spec, r);
    else if (spec->p_ppt > 0)
        random_by_skips(pairs, spec, r);
}

/* -- small world ---------------------------------------------------------------------------- */

/* Each node stores the far ends of the links to its right. */
typedef struct {
    uint32_t n, half;
    uint32_t *ends;
    uint32_t *degrees;
} World;

static bool
has_end(const World *world, uint32_t a, uint32_t b)
{
    const uint32_t *ends = world->ends + (size_t)a * world->half;

    for (uint32_t i = 0; i < world->half; i++) {
        if (ends[i] == b)
            return true;
    }
    return false;
}

static void
move_end(World *world, uint32_t node, uint32_t *end, SimRandom *r)
{
    uint32_t to = node;

    if (world->degrees[node] >= world->n - 1)
        return; /* it is linked to all others */
    while (to == node || has_end(world, node, to) || has_end(world, to, node))
        to = (uint32_t)sim_random_below(r, world->n);
    world->degrees[*end]--;
    world->degrees[to]++;
    *end = to;
}

void
sim_topology_smallworld(GArray *pairs, const SimTopologySpec *spec, SimRandom *r)
{
    uint32_t n = spec->n, half = spec->k / 2;
    g_autofree uint32_t *ends = g_new(uint32_t, (size_t)n * half + 1);
    g_autofree uint32_t *degrees = g_new(uint32_t, (size_t)n + 1);
    World world = {n, half, ends, degrees};

    sim_assert(spec->k % 2 == 0);
    sim_assert(spec->k < n);
    for (uint32_t i = 0; i < n; i++) {
        degrees[i] = 2 * half;
        for (uint32_t j = 0; j < half; j++)
            ends[(size_t)i * half + j] = (uint32_t)(((uint64_t)i + j + 1) % n);
    }
    /* Lap by lap, as the authors do: first the links to the nearest neighbours of all nodes. */
    for (uint32_t j = 0; j < half; j++) {
        for (uint32_t i = 0; i < n; i++) {
            if (draw_chance(r, spec->p_ppt))
                move_end(&world, i, &ends[(size_t)i * half + j], r);
        }
    }
    for (size_t i = 0; i < (size_t)n * half; i++)
        sim_topology_add(pairs, (uint32_t)(i / half), ends[i]);
}

/* -- scale-free ----------------------------------------------------------------------------- */

/* Both ends of every link. A uniform draw from them chooses a node in proportion to its links. */
typedef struct {
    uint32_t *values;
    size_t count;
} Ends;

static void
add_link(GArray *pairs, Ends *ends, uint32_t a, uint32_t b)
{
    sim_topology_add(pairs, a, b);
    ends->values[ends->count++] = a;
    ends->values[ends->count++] = b;
}

void
sim_topology_scalefree(GArray *pairs, const SimTopologySpec *spec, SimRandom *r)
{
    uint32_t n = spec->n, m = spec->k;
    g_autofree uint32_t *order = g_new(uint32_t, (size_t)n + 1);
    g_autofree uint32_t *chosen_by =
        g_new0(uint32_t, (size_t)n + 1); /* place of the node that chose it, + 1 */
    g_autofree uint32_t *values = g_new(uint32_t, 2 * (size_t)n * m + 1);
    Ends ends = {values, 0};

    sim_assert(m >= 1);
    sim_assert(m < n);
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    sim_topology_shuffle(order, n, r);
    for (uint32_t i = 1; i <= m; i++)
        add_link(pairs, &ends, order[0], order[i]);
    for (uint32_t i = m + 1; i < n; i++) {
        size_t before = ends.count;

        for (uint32_t found = 0; found < m;) {
            uint32_t to = values[sim_random_below(r, before)];

            if (chosen_by[to] == i + 1)
                continue;
            chosen_by[to] = i + 1;
            add_link(pairs, &ends, order[i], to);
            found++;
        }
    }
}
