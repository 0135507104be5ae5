/* Finds the first divergence of two traces; see compare.h. */
#include "sim/run/compare.h"

#include "sim/io/text.h"
#include "sim/run/build.h"

#include <string.h>

/* The first difference between rows of one kind. */
typedef struct {
    bool differs;
    SimTime time; /* the earlier of the two rows' times */
    int64_t seq;
} Parting;

typedef struct {
    SimTraceReader *a, *b;
    Parting partings[SIM_EVENT_KINDS];
} Comparison;

static bool
same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_node(const Comparison *c, uint32_t a, uint32_t b)
{
    if (a == UINT32_MAX || b == UINT32_MAX)
        return a == b;
    return strcmp(sim_trace_reader_node_name(c->a, a), sim_trace_reader_node_name(c->b, b)) == 0;
}

static bool
same_block(const Comparison *c, uint32_t a, uint32_t b)
{
    if (a == UINT32_MAX || b == UINT32_MAX)
        return a == b;
    return strcmp(sim_trace_reader_block(c->a, a)->hash, sim_trace_reader_block(c->b, b)->hash) ==
           0;
}

static bool
same_tx(const Comparison *c, uint32_t a, uint32_t b)
{
    if (a == UINT32_MAX || b == UINT32_MAX)
        return a == b;
    return strcmp(sim_trace_reader_tx(c->a, a)->hash, sim_trace_reader_tx(c->b, b)->hash) == 0;
}

static bool
same_event(const Comparison *c, const SimTraceEvent *a, const SimTraceEvent *b)
{
    return a->time == b->time && a->other == b->other && a->number == b->number &&
           same_node(c, a->node, b->node) && same_node(c, a->peer, b->peer) &&
           same_block(c, a->block, b->block) && same_block(c, a->old, b->old) &&
           same_tx(c, a->tx, b->tx) && same_text(a->text, b->text) && same_text(a->more, b->more);
}

static bool
compare_kind(Comparison *c, SimEventKind kind, GError **error)
{
    const SimCursorSpec all = {.kind = kind, .order = SIM_CURSOR_ALL};
    g_autoptr(SimTraceCursor) one = sim_trace_cursor_new(c->a, &all, error);
    g_autoptr(SimTraceCursor) two = one ? sim_trace_cursor_new(c->b, &all, error) : NULL;
    g_autoptr(GError) failure = NULL;
    Parting *parting = &c->partings[kind];
    SimTraceEvent a, b;
    bool has_a = true, has_b = true;

    if (two == NULL)
        return false;
    while (has_a && has_b) {
        has_a = sim_trace_cursor_next(one, &a, &failure);
        has_b = failure == NULL && sim_trace_cursor_next(two, &b, &failure);
        if (failure != NULL) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return false;
        }
        if (has_a != has_b || (has_a && !same_event(c, &a, &b)))
            break;
    }
    if (!has_a && !has_b)
        return true;
    parting->differs = true;
    parting->seq = has_a && has_b ? MIN(a.seq, b.seq) : has_a ? a.seq : b.seq;
    parting->time = has_a && has_b ? MIN(a.time, b.time) : has_a ? a.time : b.time;
    return true;
}

/* --- around the divergence ---------------------------------------------------------------- */

typedef struct {
    SimTime time;
    SimEventKind kind;
    int64_t seq;
    char *text;
} Line;

static void
line_free(gpointer data)
{
    Line *line = data;

    g_free(line->text);
    g_free(line);
}

static void
diff_line_free(gpointer data)
{
    SimDiffLine *line = data;

    g_free(line->text);
    g_free(line);
}

static gint
compare_lines(gconstpointer a, gconstpointer b)
{
    const Line *x = *(Line *const *)a, *y = *(Line *const *)b;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static bool
add_lines(GPtrArray *lines, SimTraceReader *reader, const SimCursorSpec *spec, GError **error)
{
    g_autoptr(SimTraceCursor) cursor = sim_trace_cursor_new(reader, spec, error);
    g_autoptr(GError) failure = NULL;
    SimTraceEvent event;

    if (cursor == NULL)
        return false;
    while (sim_trace_cursor_next(cursor, &event, &failure)) {
        Line *line = g_new0(Line, 1);

        line->time = event.time;
        line->kind = event.kind;
        line->seq = event.seq;
        line->text = sim_trace_event_text(reader, &event);
        g_ptr_array_add(lines, line);
    }
    if (failure == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

/* Returns the events around the divergence on one side, of all kinds compared. */
static GPtrArray *
lines_around(const Comparison *c, SimTraceReader *reader, const SimTraceDiff *diff,
             SimCursorOrder order, GError **error)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(line_free);
    GPtrArray *result;
    guint from = 0;

    for (SimEventKind kind = 0; kind < SIM_EVENT_KINDS; kind++) {
        const Parting *parting = &c->partings[kind];
        const SimCursorSpec spec = {
            .kind = kind,
            .order = order,
            .time = diff->time,
            .seq = kind < diff->kind   ? INT64_MAX
                   : kind > diff->kind ? INT64_MIN
                                       : parting->seq,
            .below = parting->differs ? parting->seq : INT64_MAX,
            .limit = SIM_DIFF_CONTEXT,
        };

        if (sim_event_kind_traced(kind, sim_trace_reader_head(c->a)->level) &&
            sim_event_kind_traced(kind, sim_trace_reader_head(c->b)->level) &&
            !add_lines(lines, reader, &spec, error))
            return NULL;
    }
    g_ptr_array_sort(lines, compare_lines);
    if (order == SIM_CURSOR_BEFORE && lines->len > SIM_DIFF_CONTEXT)
        from = lines->len - SIM_DIFF_CONTEXT;
    result = g_ptr_array_new_with_free_func(diff_line_free);
    for (guint i = from; i < lines->len && i < from + SIM_DIFF_CONTEXT; i++) {
        Line *line = g_ptr_array_index(lines, i);
        SimDiffLine *copy = g_new0(SimDiffLine, 1);

        copy->time = line->time;
        copy->text = g_steal_pointer(&line->text);
        g_ptr_array_add(result, copy);
    }
    return result;
}

static bool
tell_event(const Comparison *c, SimTraceDiff *diff, GError **error)
{
    diff->before = lines_around(c, c->a, diff, SIM_CURSOR_BEFORE, error);
    if (diff->before != NULL)
        diff->first = lines_around(c, c->a, diff, SIM_CURSOR_FROM, error);
    if (diff->first != NULL)
        diff->second = lines_around(c, c->b, diff, SIM_CURSOR_FROM, error);
    return diff->second != NULL;
}

/* --- without an event --------------------------------------------------------------------- */

static void
tell_blocks(const Comparison *c, GString *rest)
{
    uint32_t a = sim_trace_reader_block_count(c->a), b = sim_trace_reader_block_count(c->b);

    if (a != b) {
        g_string_append_printf(rest, "%u blocks and %u blocks were found\n", a - 1, b - 1);
        return;
    }
    for (uint32_t i = 0; i < a; i++) {
        g_autofree char *text = NULL;

        if (same_block(c, i, i) &&
            sim_trace_reader_block(c->a, i)->found_ns == sim_trace_reader_block(c->b, i)->found_ns)
            continue;
        text = sim_trace_block_text(c->a, i);
        g_string_append_printf(rest, "the blocks found differ, first in number %u: %s\n", i, text);
        return;
    }
}

static void
tell_text(GString *rest, const char *what, const char *a, const char *b)
{
    g_autofree char *first = io_printable(a);
    g_autofree char *second = io_printable(b);

    if (strcmp(a, b) != 0)
        g_string_append_printf(rest, "%s %s and %s\n", what, first, second);
}

static char *
tell_rest(const Comparison *c)
{
    const SimTraceHead *a = sim_trace_reader_head(c->a), *b = sim_trace_reader_head(c->b);
    GString *rest = g_string_new(NULL);

    tell_blocks(c, rest);
    tell_text(rest, "digest", a->digest, b->digest);
    tell_text(rest, "outcome", a->outcome, b->outcome);
    return g_string_free(rest, FALSE);
}

static const char *
uncompared_kinds(SimTraceLevel a, SimTraceLevel b)
{
    if (a == b)
        return "";
    if (MIN(a, b) == SIM_TRACE_CONSENSUS)
        return "messages";
    return MAX(a, b) == SIM_TRACE_FULL ? "messages, arrivals, tips, verdicts and transactions"
                                       : "arrivals, tips, verdicts and transactions";
}

bool
sim_trace_compare(SimTraceReader *a, SimTraceReader *b, SimTraceDiff *ret_diff, GError **error)
{
    Comparison c = {.a = a, .b = b};
    SimTraceLevel level_a = sim_trace_reader_head(a)->level;
    SimTraceLevel level_b = sim_trace_reader_head(b)->level;
    g_auto(SimTraceDiff) diff = {.uncompared = uncompared_kinds(level_a, level_b)};

    for (SimEventKind kind = 0; kind < SIM_EVENT_KINDS; kind++) {
        const Parting *parting = &c.partings[kind];

        if (!sim_event_kind_traced(kind, level_a) || !sim_event_kind_traced(kind, level_b))
            continue;
        if (!compare_kind(&c, kind, error))
            return false;
        if (!parting->differs || (diff.has_event && diff.time <= parting->time))
            continue;
        diff.has_event = true;
        diff.kind = kind;
        diff.time = parting->time;
    }
    if (diff.has_event && !tell_event(&c, &diff, error))
        return false;
    diff.rest = tell_rest(&c);
    diff.same = !diff.has_event && *diff.rest == '\0';
    *ret_diff = diff;
    memset(&diff, 0, sizeof diff);
    return true;
}

void
sim_trace_diff_clear(SimTraceDiff *diff)
{
    g_clear_pointer(&diff->before, g_ptr_array_unref);
    g_clear_pointer(&diff->first, g_ptr_array_unref);
    g_clear_pointer(&diff->second, g_ptr_array_unref);
    g_clear_pointer(&diff->rest, g_free);
}
