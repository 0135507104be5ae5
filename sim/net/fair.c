/* Max-min fair shares: see fair.h. */
#include "sim/net/fair.h"

#include "sim/engine/assert.h"

typedef unsigned __int128 u128;

#define UNBOUNDED UINT64_MAX /* the level of a line that holds nothing back */
#define NOWHERE UINT32_MAX   /* a place in no heap */
#define UNSETTLED UINT8_MAX

/* Work is bits * 10^9, times 2^SIM_FAIR_FRACTION_BITS: a share times ns. A transfer is done when
 * the line that holds it back has come to the work `end`; on no line, `end` is the work that is
 * left. */
typedef struct {
    u128 end;
    uint64_t key;
    uint32_t lines[SIM_FAIR_LINES_MAX];
    uint32_t places[SIM_FAIR_LINES_MAX]; /* among the members of each line */
    uint32_t heap_place;
    uint32_t owner;
    uint8_t count;
    uint8_t at; /* which of its lines holds it back; UNSETTLED at first */
} Transfer;

/* A quotient before it is rounded down; 1/0 is UNBOUNDED. */
typedef struct {
    uint64_t rest;
    uint32_t count;
} Ratio;

typedef struct {
    uint64_t key;
    uint64_t capacity;
    uint64_t level;
    uint64_t next_level; /* in the region, once settled */
    u128 work;           /* at `since` */
    SimTime since;
    SimTime due; /* of the first in its heap */
    uint32_t due_place;
    uint32_t owner;
    GArray *members; /* of uint32_t: transfer << 2 | which of its lines this is */
    GArray *heap;    /* of uint32_t: the transfers that it holds back, by (end, key) */
    Ratio ratio;
    bool lasts;
    bool dirty;     /* stands among the changed */
    bool in_region; /* is being filled */
    bool settled;
    bool is_stale; /* its ratio is */
    bool is_checked;
} Line;

struct SimFair {
    void (*ended)(void *user, uint32_t owner);
    void *user;
    GArray *transfers; /* of Transfer */
    GArray *lines;     /* of Line */
    GArray *free_transfers, *free_lines;
    GArray *due;     /* of uint32_t: lines by (due, key), a heap */
    GArray *changed; /* of uint32_t: lines that gained or lost a member */
    GArray *region;  /* of uint32_t: the lines being filled */
    GArray *filling; /* of uint32_t: those not settled, a heap by (ratio, key) */
    GArray *checked; /* of uint32_t */
    GArray *offers;  /* of uint64_t: what the others leave to each member of a line */
};

static inline Line *
get_line(const SimFair *fair, uint32_t line)
{
    return &g_array_index(fair->lines, Line, line);
}

static inline Transfer *
get_transfer(const SimFair *fair, uint32_t transfer)
{
    return &g_array_index(fair->transfers, Transfer, transfer);
}

static inline uint32_t
item(const GArray *list, guint i)
{
    return g_array_index(list, uint32_t, i);
}

static GArray *
new_items(void)
{
    return g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

/* -- heaps ---------------------------------------------------------------------------------- */

typedef bool (*IsBefore)(const SimFair *fair, uint32_t a, uint32_t b);
typedef void (*SetPlace)(SimFair *fair, uint32_t entry, uint32_t place);

/* A binary heap of indices; `set_place`, where there is one, notes where each stands. */
typedef struct {
    IsBefore is_before;
    SetPlace set_place;
} HeapKind;

static void
heap_put(SimFair *fair, const HeapKind *kind, GArray *heap, guint place, uint32_t entry)
{
    g_array_index(heap, uint32_t, place) = entry;
    if (kind->set_place != NULL)
        kind->set_place(fair, entry, place);
}

static guint
heap_rise(SimFair *fair, const HeapKind *kind, GArray *heap, guint place, uint32_t entry)
{
    while (place > 0 && kind->is_before(fair, entry, item(heap, (place - 1) / 2))) {
        heap_put(fair, kind, heap, place, item(heap, (place - 1) / 2));
        place = (place - 1) / 2;
    }
    return place;
}

static guint
heap_sink(SimFair *fair, const HeapKind *kind, GArray *heap, guint place, uint32_t entry)
{
    for (guint child = 2 * place + 1; child < heap->len; child = 2 * place + 1) {
        if (child + 1 < heap->len &&
            kind->is_before(fair, item(heap, child + 1), item(heap, child)))
            child++;
        if (!kind->is_before(fair, item(heap, child), entry))
            break;
        heap_put(fair, kind, heap, place, item(heap, child));
        place = child;
    }
    return place;
}

/* Puts the heap in order after the entry at `place` has changed. */
static void
heap_fix(SimFair *fair, const HeapKind *kind, GArray *heap, guint place, uint32_t entry)
{
    place = heap_rise(fair, kind, heap, place, entry);
    place = heap_sink(fair, kind, heap, place, entry);
    heap_put(fair, kind, heap, place, entry);
}

static void
heap_add(SimFair *fair, const HeapKind *kind, GArray *heap, uint32_t entry)
{
    g_array_append_val(heap, entry);
    heap_fix(fair, kind, heap, heap->len - 1, entry);
}

static void
heap_remove(SimFair *fair, const HeapKind *kind, GArray *heap, guint place)
{
    uint32_t last = item(heap, heap->len - 1);

    heap->len--;
    if (place < heap->len)
        heap_fix(fair, kind, heap, place, last);
}

static bool
ends_before(const SimFair *fair, uint32_t a, uint32_t b)
{
    const Transfer *x = get_transfer(fair, a), *y = get_transfer(fair, b);

    return x->end != y->end ? x->end < y->end : x->key < y->key;
}

static void
set_heap_place(SimFair *fair, uint32_t transfer, uint32_t place)
{
    get_transfer(fair, transfer)->heap_place = place;
}

static bool
is_due_before(const SimFair *fair, uint32_t a, uint32_t b)
{
    const Line *x = get_line(fair, a), *y = get_line(fair, b);

    return x->due != y->due ? x->due < y->due : x->key < y->key;
}

static void
set_due_place(SimFair *fair, uint32_t line, uint32_t place)
{
    get_line(fair, line)->due_place = place;
}

static bool
fills_before(const SimFair *fair, uint32_t a, uint32_t b)
{
    const Line *x = get_line(fair, a), *y = get_line(fair, b);
    u128 left = (u128)x->ratio.rest * y->ratio.count, right = (u128)y->ratio.rest * x->ratio.count;

    return left != right ? left < right : x->key < y->key;
}

static const HeapKind by_end = {ends_before, set_heap_place};
static const HeapKind by_due = {is_due_before, set_due_place};
static const HeapKind by_ratio = {fills_before, NULL};

/* -- time ----------------------------------------------------------------------------------- */

static void
advance(Line *line, SimTime now)
{
    if (line->heap->len > 0)
        line->work += (u128)line->level * (uint64_t)(now - line->since);
    line->since = now;
}

/* Returns when a line comes to the work `end`, rounded up to the next ns. */
static SimTime
time_of_work(const Line *line, u128 end)
{
    u128 rounded = (end > line->work ? end - line->work : 0) + (line->level - 1);
    /* most fit into 64 bits, and a division of 128 takes several times as long */
    u128 wait = rounded <= UINT64_MAX ? (uint64_t)rounded / line->level : rounded / line->level;

    return wait > (u128)(SIM_TIME_NEVER - line->since) ? SIM_TIME_NEVER
                                                       : line->since + (SimTime)wait;
}

/* Sets when the first transfer of a line is due. */
static void
refresh_due(SimFair *fair, uint32_t index)
{
    Line *line = get_line(fair, index);

    if (line->heap->len == 0) {
        if (line->due_place != NOWHERE)
            heap_remove(fair, &by_due, fair->due, line->due_place);
        line->due_place = NOWHERE;
        return;
    }
    line->due = time_of_work(line, get_transfer(fair, item(line->heap, 0))->end);
    if (line->due_place == NOWHERE)
        heap_add(fair, &by_due, fair->due, index);
    else
        heap_fix(fair, &by_due, fair->due, line->due_place, index);
}

/* -- members -------------------------------------------------------------------------------- */

static void
note_change(SimFair *fair, uint32_t line)
{
    if (get_line(fair, line)->dirty)
        return;
    get_line(fair, line)->dirty = true;
    g_array_append_val(fair->changed, line);
}

static void
add_member(SimFair *fair, uint32_t transfer, unsigned which)
{
    Transfer *t = get_transfer(fair, transfer);
    GArray *members = get_line(fair, t->lines[which])->members;
    uint32_t entry = transfer << 2 | which;

    t->places[which] = members->len;
    g_array_append_val(members, entry);
    note_change(fair, t->lines[which]);
}

static void
remove_member(SimFair *fair, uint32_t transfer, unsigned which)
{
    const Transfer *t = get_transfer(fair, transfer);
    GArray *members = get_line(fair, t->lines[which])->members;
    uint32_t place = t->places[which], last = item(members, members->len - 1);

    g_array_index(members, uint32_t, place) = last;
    get_transfer(fair, last >> 2)->places[last & 3] = place;
    members->len--;
    note_change(fair, t->lines[which]);
}

/* Takes a transfer from the line that holds it back. */
static void
leave(SimFair *fair, uint32_t transfer, SimTime now)
{
    Transfer *t = get_transfer(fair, transfer);
    Line *line = get_line(fair, t->lines[t->at]);

    advance(line, now);
    t->end = t->end > line->work ? t->end - line->work : 0;
    heap_remove(fair, &by_end, line->heap, t->heap_place);
}

static void
join(SimFair *fair, uint32_t transfer, uint8_t at, SimTime now)
{
    Transfer *t = get_transfer(fair, transfer);
    Line *line = get_line(fair, t->lines[at]);

    advance(line, now);
    t->at = at;
    t->end += line->work;
    heap_add(fair, &by_end, line->heap, transfer);
}

static void
end_transfer(SimFair *fair, SimTime now, uint32_t transfer)
{
    Transfer *t = get_transfer(fair, transfer);

    if (t->at != UNSETTLED) {
        leave(fair, transfer, now);
        refresh_due(fair, t->lines[t->at]);
    }
    for (unsigned i = 0; i < t->count; i++)
        remove_member(fair, transfer, i);
    g_array_append_val(fair->free_transfers, transfer);
}

/* -- filling -------------------------------------------------------------------------------- */

static inline uint64_t
level_now(const Line *line)
{
    if (!line->in_region)
        return line->level;
    return line->settled ? line->next_level : UNBOUNDED;
}

/* Returns the least level of the other lines of a member, now or before the filling began. */
static uint64_t
offer_to(const SimFair *fair, uint32_t member, bool before)
{
    const Transfer *t = get_transfer(fair, member >> 2);
    uint64_t offer = UNBOUNDED;

    for (unsigned i = 0; i < t->count; i++) {
        const Line *other = get_line(fair, t->lines[i]);

        if (i != (member & 3))
            offer = MIN(offer, before ? other->level : level_now(other));
    }
    return offer;
}

/* Returns the level at which a line is full, before rounding: the largest L for which the sum of
 * min(L, offer) over its members is within its capacity. Members with a lower offer get that, and
 * the others share the rest; so L rises until no further member has a lower offer. */
static Ratio
work_out_ratio(const SimFair *fair, const Line *line)
{
    guint count = line->members->len, out = 0, out_before;
    uint64_t *offers, rest = line->capacity, level;

    if (fair->offers->len < count)
        g_array_set_size(fair->offers, count);
    offers = (uint64_t *)(void *)fair->offers->data;
    for (guint i = 0; i < count; i++)
        offers[i] = offer_to(fair, item(line->members, i), false);
    do {
        level = rest / (count - out);
        out_before = out;
        rest = line->capacity;
        out = 0;
        for (guint i = 0; i < count; i++) {
            if (offers[i] > level)
                continue;
            rest -= offers[i];
            out++;
        }
    } while (out > out_before && out < count);
    return out == count ? (Ratio){1, 0} : (Ratio){rest, count - out};
}

static uint64_t
level_of(Ratio ratio)
{
    return ratio.count == 0 ? UNBOUNDED : MAX(ratio.rest / ratio.count, 1);
}

static void
add_to_region(SimFair *fair, uint32_t index)
{
    Line *line = get_line(fair, index);

    line->in_region = true;
    g_array_append_val(fair->region, index);
}

/* Marks the ratios of the lines beside one that has been settled. */
static void
mark_stale(const SimFair *fair, const Line *line)
{
    for (guint i = 0; i < line->members->len; i++) {
        const Transfer *t = get_transfer(fair, item(line->members, i) >> 2);

        for (unsigned j = 0; j < t->count; j++)
            get_line(fair, t->lines[j])->is_stale = true;
    }
}

/* Settles the lines of the region, from the lowest level up. A stale ratio is too low, because
 * lines settled meanwhile may leave it more; it is worked out again when its turn comes. */
static void
fill_region(SimFair *fair)
{
    fair->filling->len = 0;
    for (guint i = 0; i < fair->region->len; i++)
        get_line(fair, item(fair->region, i))->settled = false;
    for (guint i = 0; i < fair->region->len; i++) {
        Line *line = get_line(fair, item(fair->region, i));

        line->ratio = work_out_ratio(fair, line);
        line->is_stale = false;
        heap_add(fair, &by_ratio, fair->filling, item(fair->region, i));
    }
    while (fair->filling->len > 0) {
        uint32_t index = item(fair->filling, 0);
        Line *line = get_line(fair, index);

        if (line->is_stale) {
            line->ratio = work_out_ratio(fair, line);
            line->is_stale = false;
            heap_fix(fair, &by_ratio, fair->filling, 0, index);
            continue;
        }
        heap_remove(fair, &by_ratio, fair->filling, 0);
        line->next_level = level_of(line->ratio);
        line->settled = true;
        mark_stale(fair, line);
    }
}

/* Returns whether the offer to a member has changed so that it can change the level of this line,
 * which is outside the region. */
static bool
may_be_wrong(const SimFair *fair, const Line *line, uint32_t member)
{
    uint64_t before = offer_to(fair, member, true), now = offer_to(fair, member, false);

    return line->level == UNBOUNDED ? now > before
                                    : MIN(before, line->level) != MIN(now, line->level);
}

static void
check_line(SimFair *fair, uint32_t index)
{
    Line *line = get_line(fair, index);

    line->is_checked = true;
    g_array_append_val(fair->checked, index);
    if (level_of(work_out_ratio(fair, line)) != line->level)
        add_to_region(fair, index);
}

/* Adds the lines beside the region whose level is wrong now. */
static void
check_beside(SimFair *fair)
{
    guint count = fair->region->len;

    for (guint i = 0; i < count; i++) {
        const Line *line = get_line(fair, item(fair->region, i));

        if (line->next_level == line->level)
            continue;
        for (guint j = 0; j < line->members->len; j++) {
            uint32_t transfer = item(line->members, j) >> 2;
            const Transfer *t = get_transfer(fair, transfer);

            for (unsigned k = 0; k < t->count; k++) {
                const Line *beside = get_line(fair, t->lines[k]);

                if (!beside->in_region && !beside->is_checked &&
                    may_be_wrong(fair, beside, transfer << 2 | k))
                    check_line(fair, t->lines[k]);
            }
        }
    }
    for (guint i = 0; i < fair->checked->len; i++)
        get_line(fair, item(fair->checked, i))->is_checked = false;
    fair->checked->len = 0;
}

/* -- the new shares ------------------------------------------------------------------------- */

static uint8_t
find_least(const SimFair *fair, const Transfer *t)
{
    uint8_t least = 0;

    for (uint8_t i = 1; i < t->count; i++)
        if (level_now(get_line(fair, t->lines[i])) < level_now(get_line(fair, t->lines[least])))
            least = i;
    return least;
}

static void
refresh_outside(SimFair *fair, uint32_t line)
{
    if (!get_line(fair, line)->in_region)
        refresh_due(fair, line);
}

static void
move_transfer(SimFair *fair, SimTime now, uint32_t transfer)
{
    const Transfer *t = get_transfer(fair, transfer);
    uint8_t at = find_least(fair, t);

    if (t->at == at)
        return;
    if (t->at != UNSETTLED) {
        leave(fair, transfer, now);
        refresh_outside(fair, t->lines[t->at]);
    }
    join(fair, transfer, at, now);
    refresh_outside(fair, t->lines[at]);
}

static void
apply_levels(SimFair *fair, SimTime now)
{
    for (guint i = 0; i < fair->region->len; i++)
        advance(get_line(fair, item(fair->region, i)), now);
    for (guint i = 0; i < fair->region->len; i++) {
        const GArray *members = get_line(fair, item(fair->region, i))->members;

        for (guint j = 0; j < members->len; j++)
            move_transfer(fair, now, item(members, j) >> 2);
    }
    for (guint i = 0; i < fair->region->len; i++) {
        Line *line = get_line(fair, item(fair->region, i));

        line->level = line->next_level;
        line->in_region = false;
        refresh_due(fair, item(fair->region, i));
    }
    fair->region->len = 0;
}

static void
end_line(SimFair *fair, uint32_t index)
{
    Line *line = get_line(fair, index);

    sim_assert(line->due_place == NOWHERE);
    line->lasts = false;
    g_array_append_val(fair->free_lines, index);
    fair->ended(fair->user, line->owner);
}

void
sim_fair_settle(SimFair *fair, SimTime now)
{
    guint before;

    for (guint i = 0; i < fair->changed->len; i++) {
        Line *line = get_line(fair, item(fair->changed, i));

        line->dirty = false;
        if (line->members->len == 0)
            end_line(fair, item(fair->changed, i));
        else
            add_to_region(fair, item(fair->changed, i));
    }
    fair->changed->len = 0;
    do {
        before = fair->region->len;
        fill_region(fair);
        check_beside(fair);
    } while (fair->region->len > before);
    apply_levels(fair, now);
}

/* -- lines and transfers -------------------------------------------------------------------- */

static uint32_t
take_index(GArray *free_list, GArray *list)
{
    uint32_t index = list->len;

    if (free_list->len == 0) {
        g_array_set_size(list, index + 1);
        return index;
    }
    index = item(free_list, free_list->len - 1);
    free_list->len--;
    return index;
}

uint32_t
sim_fair_add_line(SimFair *fair, uint64_t key, uint64_t rate_bps, uint32_t owner)
{
    uint32_t index = take_index(fair->free_lines, fair->lines);
    Line *line = get_line(fair, index);
    GArray *members = line->members, *heap = line->heap;

    sim_assert(rate_bps > 0);
    *line = (Line){
        .key = key,
        .capacity = MIN(rate_bps, SIM_FAIR_RATE_MAX) << SIM_FAIR_FRACTION_BITS,
        .level = UNBOUNDED,
        .due_place = NOWHERE,
        .owner = owner,
        .members = members != NULL ? members : new_items(),
        .heap = heap != NULL ? heap : new_items(),
        .lasts = true,
    };
    return index;
}

uint32_t
sim_fair_begin(SimFair *fair, uint64_t key, const uint32_t *lines, unsigned count, uint64_t bytes,
               uint32_t owner)
{
    uint32_t index = take_index(fair->free_transfers, fair->transfers);
    Transfer *t = get_transfer(fair, index);

    sim_assert(count > 0 && count <= SIM_FAIR_LINES_MAX && bytes > 0);
    sim_assert(index < UINT32_MAX >> 2);
    *t = (Transfer){
        .end = ((u128)bytes * 8 * (uint64_t)SIM_S) << SIM_FAIR_FRACTION_BITS,
        .key = key,
        .owner = owner,
        .count = (uint8_t)count,
        .at = UNSETTLED,
    };
    for (unsigned i = 0; i < count; i++) {
        sim_assert(get_line(fair, lines[i])->lasts);
        t->lines[i] = lines[i];
        add_member(fair, index, i);
    }
    return index;
}

void
sim_fair_give_up(SimFair *fair, SimTime now, uint32_t transfer)
{
    end_transfer(fair, now, transfer);
}

bool
sim_fair_take_done(SimFair *fair, SimTime now, uint32_t *ret_owner)
{
    uint32_t transfer;

    if (sim_fair_next(fair) > now)
        return false;
    transfer = item(get_line(fair, item(fair->due, 0))->heap, 0);
    *ret_owner = get_transfer(fair, transfer)->owner;
    end_transfer(fair, now, transfer);
    return true;
}

SimTime
sim_fair_next(const SimFair *fair)
{
    return fair->due->len == 0 ? SIM_TIME_NEVER : get_line(fair, item(fair->due, 0))->due;
}

/* -- life ----------------------------------------------------------------------------------- */

SimFair *
sim_fair_new(void (*ended)(void *user, uint32_t owner), void *user)
{
    SimFair *fair = g_new0(SimFair, 1);

    fair->ended = ended;
    fair->user = user;
    fair->transfers = g_array_new(FALSE, FALSE, sizeof(Transfer));
    fair->lines = g_array_new(FALSE, TRUE, sizeof(Line));
    fair->free_transfers = new_items();
    fair->free_lines = new_items();
    fair->due = new_items();
    fair->changed = new_items();
    fair->region = new_items();
    fair->filling = new_items();
    fair->checked = new_items();
    fair->offers = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    return fair;
}

void
sim_fair_free(SimFair *fair)
{
    if (fair == NULL)
        return;
    for (guint i = 0; i < fair->lines->len; i++) {
        g_array_unref(get_line(fair, i)->members);
        g_array_unref(get_line(fair, i)->heap);
    }
    g_array_unref(fair->transfers);
    g_array_unref(fair->lines);
    g_array_unref(fair->free_transfers);
    g_array_unref(fair->free_lines);
    g_array_unref(fair->due);
    g_array_unref(fair->changed);
    g_array_unref(fair->region);
    g_array_unref(fair->filling);
    g_array_unref(fair->checked);
    g_array_unref(fair->offers);
    g_free(fair);
}

size_t
sim_fair_memory(const SimFair *fair)
{
    size_t sum = sizeof *fair + fair->transfers->len * sizeof(Transfer);

    for (guint i = 0; i < fair->lines->len; i++)
        sum += sizeof(Line) +
               (get_line(fair, i)->members->len + get_line(fair, i)->heap->len) * sizeof(uint32_t);
    return sum;
}
