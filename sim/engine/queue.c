/* The timing wheel and its sorted front; see queue.h.
 *
 * A pending event is a node of one array. The wheel and the front contain entries of 16 bytes that
 * name nodes: (time, node, generation). An entry moves several times before its event happens, and
 * touching the node each time is a cache miss: lists through the nodes themselves took twice the
 * time at 10^5 pending. The entries of a slot are in chunks of CHUNK entries; only the first chunk
 * may be partly filled. An entry is stale, because its event was cancelled, if its generation is
 * not that of its node. Stale entries are dropped when they come up, or all at once when they
 * outnumber the others.
 *
 * Invariant of the wheel: every entry is after `front_last` and is at the level of the highest
 * digit in which its time differs from `base`. Hence on every level above the lowest, all slots at
 * or below base's digit are empty, and all entries of a level come before all entries of the next.
 * The front contains everything due up to `front_last`, in order.
 */
#include "sim/engine/queue.h"

#include "sim/engine/assert.h"
#include "sim/engine/memory.h"
#include "sim/engine/random.h"

#include <glib.h>
#include <string.h>

#define WHEEL_BITS 6
#define WHEEL_DIGITS (1u << WHEEL_BITS)
#define WHEEL_LEVELS ((63 + WHEEL_BITS - 1) / WHEEL_BITS)
#define WHEEL_SLOTS (WHEEL_LEVELS << WHEEL_BITS)
/* Tuned on the hold model with 10^3 to 10^6 pending events. */
#define CHUNK 32u
#define LOAD_MAX 96u      /* a fuller slot is first spread, unless it is one instant */
#define LOAD_MORE_LEVEL 3 /* slots of 17 ms in all: less than most messages travel */
#define SPILL_MIN 128u    /* a longer front is moved back to the wheel, */
#define SPILL_KEEP 16u    /* except its beginning */
#define PUSH_AHEAD 4u
#define LEAP 8u
#define STALE_MIN 4096u /* with fewer stale entries a sweep is not worthwhile */

#define NONE UINT32_MAX

typedef struct {
    SimEvent event;
    bool pending;
} Node;

_Static_assert(sizeof(Node) == SIM_CACHE_LINE, "one cache line");

typedef struct {
    SimTime time;
    uint32_t node;
    uint32_t generation;
} Entry;

/* An entry of an instant with several; the class is above 62 bits of the hash. */
typedef struct {
    uint64_t tie;
    Entry entry;
} Tied;

struct SimQueue {
    uint64_t seed;
    Node *nodes;
    uint32_t node_used; /* memory beyond this is untouched */
    uint32_t node_size;
    uint32_t *free_nodes; /* a stack: the last freed node is still cached */
    uint32_t free_count;
    size_t count;
    size_t stale; /* entries of cancelled events */

    Entry *chunks; /* CHUNK entries each */
    uint32_t *chunk_next;
    uint32_t chunk_used;
    uint32_t chunk_size;
    uint32_t chunk_free;

    SimTime base;
    uint32_t levels;               /* bit l: level l has a used slot */
    uint64_t digits[WHEEL_LEVELS]; /* bit d: slot (l, d) is used */
    uint32_t slot_chunk[WHEEL_SLOTS];
    uint32_t slot_count[WHEEL_SLOTS];

    Entry *front; /* [front_head, front_tail) */
    uint32_t front_head;
    uint32_t front_tail;
    uint32_t front_size;
    SimTime front_last; /* events due up to here belong to the front */
    uint64_t loads;     /* number of times that slots were loaded into the front */
};

_Static_assert(WHEEL_BITS <= 6, "a level's slots are the bits of one word");

SimQueue *
sim_queue_new(uint64_t seed)
{
    SimQueue *q = g_new0(SimQueue, 1);

    q->seed = sim_mix64(seed);
    q->chunk_free = NONE;
    q->front_last = -1;
    memset(q->slot_chunk, 0xff, sizeof q->slot_chunk);
    return q;
}

void
sim_queue_free(SimQueue *queue)
{
    if (queue == NULL)
        return;
    sim_memory_free(queue->nodes);
    g_free(queue->free_nodes);
    sim_memory_free(queue->chunks);
    g_free(queue->chunk_next);
    g_free(queue->front);
    g_free(queue);
}

size_t
sim_queue_count(const SimQueue *queue)
{
    return queue->count;
}

/* -- nodes and chunks ----------------------------------------------------------------------- */

static uint32_t
take_node(SimQueue *q)
{
    if (q->free_count > 0) {
        if (q->free_count > PUSH_AHEAD) /* pushes come in bursts: prefetch a later one */
            __builtin_prefetch(&q->nodes[q->free_nodes[q->free_count - 1 - PUSH_AHEAD]], 1);
        return q->free_nodes[--q->free_count];
    }
    if (q->node_used == q->node_size) {
        sim_assert(q->node_size < NONE / 2);
        q->node_size = MAX(64, q->node_size * 2);
        q->nodes = sim_memory_resize(q->nodes, q->node_used, q->node_size, sizeof *q->nodes);
        q->free_nodes = g_renew(uint32_t, q->free_nodes, q->node_size);
    }
    q->nodes[q->node_used].event.generation = 0;
    return q->node_used++;
}

static inline void
release_node(SimQueue *q, uint32_t index)
{
    Node *node = &q->nodes[index];

    node->event.generation++; /* makes handles and entries stale */
    node->pending = false;
    q->free_nodes[q->free_count++] = index;
}

static uint32_t
take_chunk(SimQueue *q)
{
    uint32_t index = q->chunk_free;

    if (index != NONE) {
        q->chunk_free = q->chunk_next[index];
        return index;
    }
    if (q->chunk_used == q->chunk_size) {
        q->chunk_size = MAX(16, q->chunk_size * 2);
        q->chunks =
            sim_memory_resize(q->chunks, q->chunk_used, q->chunk_size, CHUNK * sizeof(Entry));
        q->chunk_next = g_renew(uint32_t, q->chunk_next, q->chunk_size);
    }
    return q->chunk_used++;
}

static inline void
release_chunk(SimQueue *q, uint32_t index)
{
    q->chunk_next[index] = q->chunk_free;
    q->chunk_free = index;
}

static inline Entry *
chunk_entries(const SimQueue *q, uint32_t index)
{
    return q->chunks + (size_t)index * CHUNK;
}

/* Returns the number of entries in the first chunk of a slot. */
static inline uint32_t
first_chunk_count(uint32_t slot_count)
{
    return (slot_count - 1) % CHUNK + 1;
}

static inline bool
is_stale(const SimQueue *q, const Entry *entry)
{
    return q->nodes[entry->node].event.generation != entry->generation;
}

/* -- order ---------------------------------------------------------------------------------- */

static inline uint64_t
tie_of(const SimQueue *q, uint32_t node)
{
    const SimEvent *e = &q->nodes[node].event;
    uint64_t hash = 0;

    if (e->klass == SIM_CLASS_RUN)
        hash = sim_key_combine(e->source ^ q->seed, (uint64_t)e->time) >> 2;
    return (uint64_t)e->klass << 62 | hash;
}

/* Compares the rest of the keys of entries with equal time, class and hash. */
static bool
is_before_in_full(const SimQueue *q, uint32_t a_node, uint32_t b_node)
{
    const SimEvent *a = &q->nodes[a_node].event, *b = &q->nodes[b_node].event;

    if (a->source != b->source)
        return a->source < b->source;
    if (a->counter != b->counter)
        return a->counter < b->counter;
    if (a->handler != b->handler)
        return a->handler < b->handler;
    return a->arg < b->arg;
}

static bool
is_tied_before(const SimQueue *q, const Tied *a, const Tied *b)
{
    if (a->tie != b->tie)
        return a->tie < b->tie;
    return is_before_in_full(q, a->entry.node, b->entry.node);
}

static inline bool
is_before(const SimQueue *q, const Entry *a, const Entry *b)
{
    if (a->time != b->time)
        return a->time < b->time;
    return is_tied_before(q, &(Tied){tie_of(q, a->node), *a}, &(Tied){tie_of(q, b->node), *b});
}

static void
merge_ties(const SimQueue *q, Tied *out, const Tied *a, size_t a_count, size_t b_count)
{
    const Tied *b = a + a_count, *a_end = b, *b_end = b + b_count;

    while (a < a_end && b < b_end)
        *out++ = is_tied_before(q, b, a) ? *b++ : *a++;
    while (a < a_end)
        *out++ = *a++;
    while (b < b_end)
        *out++ = *b++;
}

/* Sorts the entries of one instant by merge sort. Hashes are computed only here. */
static void
sort_instant(const SimQueue *q, Entry *entries, size_t count)
{
    g_autofree Tied *ties = g_new(Tied, 2 * count);
    Tied *from = ties, *to = ties + count;

    for (size_t i = 0; i < count; i++)
        from[i] = (Tied){tie_of(q, entries[i].node), entries[i]};
    for (size_t run = 1; run < count; run *= 2) {
        for (size_t i = 0; i < count; i += 2 * run) {
            size_t a = MIN(run, count - i);

            merge_ties(q, to + i, from + i, a, MIN(run, count - i - a));
        }
        Tied *swap = from;
        from = to;
        to = swap;
    }
    for (size_t i = 0; i < count; i++)
        entries[i] = from[i].entry;
}

/* Sorts at most LOAD_MAX entries of several instants. */
static void
sort_few(const SimQueue *q, Entry *entries, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        Entry entry = entries[i];
        uint32_t at = i;

        for (; at > 0 && is_before(q, &entry, &entries[at - 1]); at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
}

/* -- the wheel ------------------------------------------------------------------------------ */

static inline uint32_t
slot_of(const SimQueue *q, SimTime time)
{
    uint64_t differs = (uint64_t)(time ^ q->base) | 1;
    unsigned level = (unsigned)(63 - __builtin_clzll(differs)) / WHEEL_BITS;

    return level << WHEEL_BITS | ((uint64_t)time >> (level * WHEEL_BITS) & (WHEEL_DIGITS - 1));
}

static inline void
put_in_wheel(SimQueue *q, Entry entry)
{
    uint32_t slot = slot_of(q, entry.time);
    uint32_t used = q->slot_count[slot]++ % CHUNK;

    sim_assert(entry.time >= q->base);
    if (used == 0) {
        uint32_t chunk = take_chunk(q);

        q->chunk_next[chunk] = q->slot_chunk[slot];
        q->slot_chunk[slot] = chunk;
        q->digits[slot >> WHEEL_BITS] |= UINT64_C(1) << (slot & (WHEEL_DIGITS - 1));
        q->levels |= 1u << (slot >> WHEEL_BITS);
    }
    chunk_entries(q, q->slot_chunk[slot])[used] = entry;
}

/* Removes the chunks of a slot from the wheel; they stay chained. */
static uint32_t
take_slot(SimQueue *q, uint32_t slot)
{
    uint32_t level = slot >> WHEEL_BITS;
    uint32_t chunk = q->slot_chunk[slot];

    q->slot_chunk[slot] = NONE;
    q->slot_count[slot] = 0;
    q->digits[level] &= ~(UINT64_C(1) << (slot & (WHEEL_DIGITS - 1)));
    if (q->digits[level] == 0)
        q->levels &= ~(1u << level);
    return chunk;
}

static inline SimTime
slot_start(const SimQueue *q, unsigned level, unsigned digit)
{
    unsigned above = (level + 1) * WHEEL_BITS;
    uint64_t high = above < 63 ? (uint64_t)q->base >> above << above : 0;

    return (SimTime)(high | (uint64_t)digit << (level * WHEEL_BITS));
}

/* Puts the entries of a chain of chunks in their new slots. Each chunk is copied and freed first,
 * so that the lower slots reuse memory that is still cached. */
static void
put_chain(SimQueue *q, uint32_t chunk, uint32_t count)
{
    Entry entries[CHUNK];

    for (; chunk != NONE; count = CHUNK) {
        uint32_t next = q->chunk_next[chunk];

        memcpy(entries, chunk_entries(q, chunk), sizeof entries);
        release_chunk(q, chunk);
        for (uint32_t i = 0; i < count; i++)
            put_in_wheel(q, entries[i]);
        chunk = next;
    }
}

static void
spread_slot(SimQueue *q, uint32_t slot, SimTime start)
{
    uint32_t count = first_chunk_count(q->slot_count[slot]);
    uint32_t chunk = take_slot(q, slot);

    q->base = start;
    put_chain(q, chunk, count);
}

/* -- the front ------------------------------------------------------------------------------ */

static void
reserve_front(SimQueue *q, uint32_t size)
{
    if (size <= q->front_size)
        return;
    q->front_size = MAX(size, MAX(2 * SPILL_MIN, q->front_size * 2));
    q->front = g_renew(Entry, q->front, q->front_size);
}

/* Copies the entries of a slot behind the front, unsorted, and prefetches their nodes, which
 * sorting and popping will read one by one. */
static void
copy_slot(SimQueue *q, uint32_t slot)
{
    uint32_t count = first_chunk_count(q->slot_count[slot]);
    uint32_t to = q->front_tail;

    reserve_front(q, to + q->slot_count[slot]);
    for (uint32_t chunk = take_slot(q, slot); chunk != NONE; count = CHUNK) {
        uint32_t next = q->chunk_next[chunk];

        for (uint32_t i = 0; i < count; i++) {
            q->front[to] = chunk_entries(q, chunk)[i];
            __builtin_prefetch(&q->nodes[q->front[to++].node]);
        }
        release_chunk(q, chunk);
        chunk = next;
    }
    q->front_tail = to;
}

/* Loads a slot behind the front; all of the front is due earlier. */
static void
load_slot(SimQueue *q, uint32_t slot, SimTime start)
{
    unsigned level = slot >> WHEEL_BITS;
    uint32_t first = q->front_tail;

    copy_slot(q, slot);
    if (level == 0)
        sort_instant(q, q->front + first, q->front_tail - first);
    else
        sort_few(q, q->front + first, q->front_tail - first);
    q->front_last = start + (((SimTime)1 << (level * WHEEL_BITS)) - 1);
    q->base = q->front_last;
}

/* Also loads the next slots of a level while they have few entries, so that looking ahead finds
 * more events at a time. */
static void
load_more(SimQueue *q, unsigned level, SimTime limit)
{
    while (q->digits[level] != 0) {
        unsigned digit = (unsigned)__builtin_ctzll(q->digits[level]);
        uint32_t slot = level << WHEEL_BITS | digit;
        SimTime start = slot_start(q, level, digit);

        if (start > limit || q->front_tail + q->slot_count[slot] > LOAD_MAX)
            return;
        load_slot(q, slot, start);
    }
}

/* Refills the front. Returns false if nothing is due up to limit. */
static bool
fill_front(SimQueue *q, SimTime limit)
{
    while (q->front_head == q->front_tail) {
        if (q->levels == 0)
            return false;

        unsigned level = (unsigned)__builtin_ctz(q->levels);
        unsigned digit = (unsigned)__builtin_ctzll(q->digits[level]);
        uint32_t slot = level << WHEEL_BITS | digit;
        SimTime start = slot_start(q, level, digit);

        if (start > limit)
            return false;
        if (level > 0 && q->slot_count[slot] > LOAD_MAX) {
            spread_slot(q, slot, start);
            continue;
        }
        q->front_head = q->front_tail = 0;
        q->loads++;
        load_slot(q, slot, start);
        if (level > 0 && level <= LOAD_MORE_LEVEL)
            load_more(q, level, limit);
    }
    return true;
}

/* Moves the wheel back to an earlier time. Above the level of the highest digit that changes, and
 * on it, slots stay valid, because their digits are above the current base's; entries below move up
 * to that level. */
static void
move_back(SimQueue *q, SimTime base)
{
    uint64_t differs = (uint64_t)(base ^ q->base) | 1;
    unsigned top = (unsigned)(63 - __builtin_clzll(differs)) / WHEEL_BITS;

    q->base = base;
    for (unsigned level = 0; level < top; level++) {
        while (q->digits[level] != 0) {
            uint32_t slot = level << WHEEL_BITS | (uint32_t)__builtin_ctzll(q->digits[level]);
            uint32_t count = first_chunk_count(q->slot_count[slot]);

            put_chain(q, take_slot(q, slot), count);
        }
    }
}

/* Moves all but the first instants of a long front back to the wheel, because each insertion costs
 * time in proportion to its length. */
static void
spill_front(SimQueue *q)
{
    uint32_t keep = q->front_head + SPILL_KEEP;
    SimTime last = q->front[keep - 1].time;

    if (last == q->front[q->front_tail - 1].time)
        return;
    while (q->front[keep].time == last)
        keep++;
    move_back(q, last);
    q->front_last = last;
    for (uint32_t i = keep; i < q->front_tail; i++)
        put_in_wheel(q, q->front[i]);
    q->front_tail = keep;
}

/* Returns whether a new entry goes before one of the front. A stale entry of the same instant is
 * passed: its node may belong to another event, so its key is meaningless. */
static inline bool
goes_before(const SimQueue *q, const Entry *entry, const Entry *other)
{
    if (entry->time != other->time)
        return entry->time < other->time;
    return is_stale(q, other) || is_before(q, entry, other);
}

static void
put_in_front(SimQueue *q, Entry entry)
{
    uint32_t at;

    if (q->front_head == q->front_tail)
        q->front_head = q->front_tail = 0;
    reserve_front(q, q->front_tail + 1);
    at = q->front_tail++;
    /* With few pending events, all are in the front. Taking long steps first needs a tenth
     * of the time. */
    while (at - q->front_head >= LEAP && entry.time < q->front[at - LEAP].time) {
        memmove(&q->front[at - LEAP + 1], &q->front[at - LEAP], LEAP * sizeof entry);
        at -= LEAP;
    }
    for (; at > q->front_head && goes_before(q, &entry, &q->front[at - 1]); at--)
        q->front[at] = q->front[at - 1];
    q->front[at] = entry;
}

/* Brings a live event to the head of the front. Returns false if none is due up to limit. */
static inline bool
settle_front(SimQueue *q, SimTime limit)
{
    while (q->front_head < q->front_tail || fill_front(q, limit)) {
        const Entry *entry = &q->front[q->front_head];

        if (!is_stale(q, entry))
            return entry->time <= limit;
        q->front_head++;
        q->stale--;
    }
    return false;
}

/* -- stale entries -------------------------------------------------------------------------- */

static void
keep_live(SimQueue *q, Entry *entries, uint32_t *ret_kept, uint32_t count)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (!is_stale(q, &entries[i]))
            entries[kept++] = entries[i];
    }
    *ret_kept = kept;
}

static void
sweep_slot(SimQueue *q, uint32_t slot)
{
    uint32_t count = first_chunk_count(q->slot_count[slot]), kept;
    Entry entries[CHUNK];

    for (uint32_t chunk = take_slot(q, slot); chunk != NONE; count = CHUNK) {
        uint32_t next = q->chunk_next[chunk];

        memcpy(entries, chunk_entries(q, chunk), sizeof entries);
        release_chunk(q, chunk);
        keep_live(q, entries, &kept, count);
        for (uint32_t i = 0; i < kept; i++)
            put_in_wheel(q, entries[i]);
        chunk = next;
    }
}

/* Drops every stale entry. Called when they outnumber the live ones, so a cancel costs O(1)
 * amortised. */
static void
drop_stale_entries(SimQueue *q)
{
    uint32_t kept;

    for (uint32_t slot = 0; slot < WHEEL_SLOTS; slot++) {
        if (q->slot_count[slot] > 0)
            sweep_slot(q, slot);
    }
    keep_live(q, q->front + q->front_head, &kept, q->front_tail - q->front_head);
    q->front_tail = q->front_head + kept;
    q->stale = 0;
}

/* -- the door ------------------------------------------------------------------------------- */

SimHandle
sim_queue_push(SimQueue *queue, const SimEvent *event)
{
    uint32_t index = take_node(queue);
    Node *node = &queue->nodes[index];
    Entry entry = {event->time, index, node->event.generation};

    sim_assert(event->time >= 0);
    node->event = *event;
    node->event.generation = entry.generation;
    node->pending = true;
    queue->count++;
    if (event->time <= queue->front_last && queue->front_tail - queue->front_head >= SPILL_MIN)
        spill_front(queue);
    if (event->time <= queue->front_last)
        put_in_front(queue, entry);
    else
        put_in_wheel(queue, entry);
    return (SimHandle){(uint64_t)entry.generation << 32 | (index + 1)};
}

bool
sim_queue_peek(SimQueue *queue, SimTime *ret_time, SimTime limit)
{
    if (!settle_front(queue, limit))
        return false;
    *ret_time = queue->front[queue->front_head].time;
    return true;
}

bool
sim_queue_pop(SimQueue *queue, SimEvent *ret_event, SimTime limit)
{
    if (!settle_front(queue, limit))
        return false;

    uint32_t index = queue->front[queue->front_head++].node;

    *ret_event = queue->nodes[index].event;
    release_node(queue, index);
    queue->count--;
    return true;
}

const SimEvent *
sim_queue_ahead(const SimQueue *queue, uint32_t k)
{
    uint32_t at = queue->front_head + k;

    if (at >= queue->front_tail || is_stale(queue, &queue->front[at]))
        return NULL;
    return &queue->nodes[queue->front[at].node].event;
}

uint32_t
sim_queue_ahead_count(const SimQueue *queue)
{
    return queue->front_tail - queue->front_head;
}

uint64_t
sim_queue_loads(const SimQueue *queue)
{
    return queue->loads;
}

static uint32_t
find_node(const SimQueue *q, SimHandle handle)
{
    uint32_t index = (uint32_t)handle.id - 1;

    if ((uint32_t)handle.id == 0 || index >= q->node_used)
        return NONE;
    const Node *node = &q->nodes[index];
    return node->pending && node->event.generation == handle.id >> 32 ? index : NONE;
}

void
sim_queue_prefetch(const SimQueue *queue, SimHandle handle)
{
    uint32_t index = (uint32_t)handle.id - 1;

    if (index < queue->node_used)
        __builtin_prefetch(&queue->nodes[index], 1);
}

const SimEvent *
sim_queue_find(const SimQueue *queue, SimHandle handle)
{
    uint32_t index = find_node(queue, handle);

    return index == NONE ? NULL : &queue->nodes[index].event;
}

static void
remove_node(SimQueue *q, uint32_t index)
{
    release_node(q, index);
    q->count--;
    q->stale++;
    if (q->stale > STALE_MIN && q->stale > q->count)
        drop_stale_entries(q);
}

bool
sim_queue_cancel(SimQueue *queue, SimEvent *ret_event, SimHandle handle)
{
    uint32_t index = find_node(queue, handle);

    if (index == NONE)
        return false;
    if (ret_event != NULL)
        *ret_event = queue->nodes[index].event;
    remove_node(queue, index);
    return true;
}

void
sim_queue_foreach(const SimQueue *queue, SimEventFunc func, void *user)
{
    for (uint32_t i = 0; i < queue->node_used; i++) {
        if (queue->nodes[i].pending)
            func(user, &queue->nodes[i].event);
    }
}

/* -- taking out in order -------------------------------------------------------------------- */

/* Sorts by the whole key with a merge sort. Unlike in a load, there may be any number of entries
 * with any times. */
static void
sort_all(const SimQueue *q, Entry *entries, size_t count)
{
    g_autofree Entry *scratch = g_new(Entry, count + 1);
    Entry *from = entries, *to = scratch;

    for (size_t run = 1; run < count; run *= 2) {
        for (size_t i = 0; i < count; i += 2 * run) {
            size_t a = i, a_end = MIN(i + run, count), b = a_end, b_end = MIN(i + 2 * run, count);

            for (size_t k = i; k < b_end; k++) {
                bool is_b = a == a_end || (b < b_end && is_before(q, &from[b], &from[a]));

                to[k] = from[is_b ? b++ : a++];
            }
        }
        Entry *swap = from;
        from = to;
        to = swap;
    }
    if (from != entries)
        memcpy(entries, from, count * sizeof *entries);
}

void
sim_queue_drain(SimQueue *queue, int handler, SimEventFunc func, void *user)
{
    g_autofree Entry *entries = g_new(Entry, queue->count + 1);
    size_t count = 0;

    for (uint32_t i = 0; i < queue->node_used; i++) {
        const Node *node = &queue->nodes[i];

        if (node->pending && (handler == SIM_HANDLER_ANY || node->event.handler == handler))
            entries[count++] = (Entry){node->event.time, i, node->event.generation};
    }
    sort_all(queue, entries, count);
    for (size_t i = 0; i < count; i++) {
        SimEvent event = queue->nodes[entries[i].node].event;

        remove_node(queue, entries[i].node);
        func(user, &event);
    }
}

size_t
sim_queue_memory(const SimQueue *queue)
{
    return sizeof *queue + queue->node_size * (sizeof(Node) + sizeof *queue->free_nodes) +
           queue->chunk_size * (CHUNK * sizeof(Entry) + sizeof *queue->chunk_next) +
           queue->front_size * sizeof(Entry);
}
