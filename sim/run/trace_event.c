/* Reads events of a trace: rows of eight tables in one form; see trace_reader.h. */
#include "sim/io/text.h"
#include "sim/run/trace_reader_impl.h"

#include "sim/engine/assert.h"

#include <inttypes.h>
#include <string.h>

/* The columns of a table, in this order: seq, time, other, node, peer, block, old, tx, number,
 * text, more. NULL stands for a column that the kind lacks. */
typedef struct {
    const char *name, *seq, *time, *columns;
    SimTraceLevel level; /* lowest level that records it */
} KindSpec;

static const KindSpec kinds[SIM_EVENT_KINDS] = {
    [SIM_EVENT_MESSAGE] = {"message", "seq", "due_ns",
                           "sent_ns, src, dst, NULL, NULL, NULL, bytes, kind, fate",
                           SIM_TRACE_FULL},
    [SIM_EVENT_ARRIVAL] = {"arrival", "rowid", "joined_ns",
                           "header_ns, node, from_node, block, NULL, NULL, body_ns, NULL, NULL",
                           SIM_TRACE_CONSENSUS},
    [SIM_EVENT_VERDICT] = {"verdict", "seq", "time_ns",
                           "NULL, node, from_node, NULL, NULL, NULL, is_tx, verdict, hash",
                           SIM_TRACE_CONSENSUS},
    [SIM_EVENT_TIP] = {"tip", "seq", "time_ns",
                       "NULL, node, NULL, block, old_block, NULL, reorg_depth, NULL, NULL",
                       SIM_TRACE_CONSENSUS},
    [SIM_EVENT_TX] = {"tx_event", "seq", "time_ns",
                      "NULL, node, from_node, NULL, NULL, tx, NULL, event, NULL",
                      SIM_TRACE_CONSENSUS},
    [SIM_EVENT_STRATEGY] = {"strategy", "seq", "time_ns",
                            "NULL, node, NULL, block, NULL, NULL, NULL, event, NULL",
                            SIM_TRACE_CONSENSUS},
    [SIM_EVENT_UNDONE] = {"undone", "seq", "time_ns",
                          "NULL, node, NULL, NULL, NULL, tx, confirmations, NULL, NULL",
                          SIM_TRACE_CONSENSUS},
    [SIM_EVENT_FAULT] = {"fault", "seq", "time_ns",
                         "NULL, NULL, NULL, NULL, NULL, NULL, NULL, text, NULL", SIM_TRACE_SUMMARY},
};

struct SimTraceCursor {
    SimTraceReader *reader;
    SimCursorSpec spec;
    sqlite3_stmt *stmt;
    int64_t last; /* previous seq, for SIM_CURSOR_ALL */
};

const char *
sim_event_kind_name(SimEventKind kind)
{
    sim_assert(kind < SIM_EVENT_KINDS);
    return kinds[kind].name;
}

bool
sim_event_kind_traced(SimEventKind kind, SimTraceLevel level)
{
    sim_assert(kind < SIM_EVENT_KINDS);
    return level >= kinds[kind].level;
}

/* --- the cursor --------------------------------------------------------------------------- */

/* NOT INDEXED, because the contents of indexes are not checked. */
static char *
cursor_sql(const SimCursorSpec *spec)
{
    const KindSpec *kind = &kinds[spec->kind];
    g_autofree char *select = g_strdup_printf("SELECT %s, %s, %s FROM %s NOT INDEXED ", kind->seq,
                                              kind->time, kind->columns, kind->name);

    switch (spec->order) {
    case SIM_CURSOR_ALL:
        return g_strdup_printf("%s ORDER BY %s", select, kind->seq);
    case SIM_CURSOR_BEFORE:
        return g_strdup_printf("%s WHERE (%s < ?1 OR (%s = ?1 AND %s < ?2)) AND %s < ?3"
                               " ORDER BY %s DESC, %s DESC LIMIT ?4",
                               select, kind->time, kind->time, kind->seq, kind->seq, kind->time,
                               kind->seq);
    case SIM_CURSOR_FROM:
        return g_strdup_printf("%s WHERE %s > ?1 OR (%s = ?1 AND %s >= ?2)"
                               " ORDER BY %s, %s LIMIT ?4",
                               select, kind->time, kind->time, kind->seq, kind->time, kind->seq);
    case SIM_CURSOR_FLYING:
        sim_assert(spec->kind == SIM_EVENT_MESSAGE);
        return g_strdup_printf("%s WHERE sent_ns <= ?1 AND due_ns > ?1 ORDER BY due_ns, seq",
                               select);
    }
    sim_assert(!"an order");
}

SimTraceCursor *
sim_trace_cursor_new(SimTraceReader *reader, const SimCursorSpec *spec, GError **error)
{
    g_autoptr(SimTraceCursor) cursor = g_new0(SimTraceCursor, 1);
    g_autofree char *sql = cursor_sql(spec);
    int parameters;

    cursor->reader = reader;
    cursor->spec = *spec;
    cursor->last = INT64_MIN;
    cursor->stmt = sim_trace_reader_prepare(reader, sql, error);
    if (cursor->stmt == NULL)
        return NULL;
    parameters = sqlite3_bind_parameter_count(cursor->stmt);
    if (parameters >= 1)
        sqlite3_bind_int64(cursor->stmt, 1, spec->time);
    if (parameters >= 4) {
        sqlite3_bind_int64(cursor->stmt, 2, spec->seq);
        sqlite3_bind_int64(cursor->stmt, 3, spec->below);
        sqlite3_bind_int64(cursor->stmt, 4, spec->limit);
    }
    return g_steal_pointer(&cursor);
}

void
sim_trace_cursor_free(SimTraceCursor *cursor)
{
    if (cursor == NULL)
        return;
    sqlite3_finalize(cursor->stmt);
    g_free(cursor);
}

/* Reads a ref that the kind requires (NOT NULL in SQL), may lack, or never has. */
static uint32_t
read_ref(SimTraceRow *row, uint32_t count)
{
    return (uint32_t)sim_trace_row_integer(row, 0, (int64_t)count - 1, UINT32_MAX);
}

static bool
is_whole(const SimTraceEvent *event)
{
    bool has_node = event->kind != SIM_EVENT_FAULT;
    bool has_tx = event->kind == SIM_EVENT_TX || event->kind == SIM_EVENT_UNDONE;
    bool has_tree = event->kind == SIM_EVENT_ARRIVAL || event->kind == SIM_EVENT_TIP;
    bool has_block = has_tree || event->kind == SIM_EVENT_STRATEGY;
    bool has_text = !has_tree && event->kind != SIM_EVENT_UNDONE;

    return (event->node != UINT32_MAX) == has_node && (event->block != UINT32_MAX) == has_block &&
           (event->text != NULL) == has_text && (event->tx != UINT32_MAX) == has_tx &&
           (event->kind != SIM_EVENT_TIP || event->old != UINT32_MAX) &&
           (event->kind != SIM_EVENT_UNDONE || event->number >= 0) &&
           (event->kind != SIM_EVENT_VERDICT || event->more != NULL) &&
           (event->kind != SIM_EVENT_MESSAGE ||
            (event->more != NULL && event->peer != UINT32_MAX && event->other >= 0));
}

bool
sim_trace_cursor_next(SimTraceCursor *cursor, SimTraceEvent *ret_event, GError **error)
{
    const SimTraceReader *reader = cursor->reader;
    uint32_t nodes = sim_trace_reader_node_count(reader);
    uint32_t blocks = sim_trace_reader_block_count(reader);
    SimTraceRow row = {.stmt = cursor->stmt};
    SimTraceEvent event = {.kind = cursor->spec.kind};

    if (!sim_trace_reader_step(cursor->reader, cursor->stmt, error))
        return false;
    event.seq = sim_trace_row_integer(&row, INT64_MIN, INT64_MAX, 0);
    event.time = sim_trace_row_integer(&row, 0, INT64_MAX, 0);
    event.other = sim_trace_row_integer(&row, 0, INT64_MAX, -1);
    event.node = read_ref(&row, nodes);
    event.peer = read_ref(&row, nodes);
    event.block = read_ref(&row, blocks);
    event.old = read_ref(&row, blocks);
    event.tx = read_ref(&row, sim_trace_reader_tx_count(reader));
    event.number = sim_trace_row_integer(&row, 0, INT64_MAX, -1);
    event.text = sim_trace_row_text(&row, true);
    event.more = sim_trace_row_text(&row, true);
    /* Rows that do not increase come from a looping tree of pages. */
    if (cursor->spec.order == SIM_CURSOR_ALL && event.seq <= cursor->last)
        row.bad = true;
    cursor->last = event.seq;
    if (row.bad || !is_whole(&event)) {
        g_autofree char *what =
            g_strdup_printf("a value in table %s", kinds[cursor->spec.kind].name);

        return sim_trace_reader_damaged(reader, what, error);
    }
    *ret_event = event;
    return true;
}

/* --- text --------------------------------------------------------------------------------- */

char *
sim_trace_block_text(const SimTraceReader *reader, uint32_t block)
{
    const SimTraceBlock *b = sim_trace_reader_block(reader, block);

    return b->name != NULL
               ? g_strdup_printf("%s (%u %.*s)", b->name, b->height, IO_HASH_DIGITS, b->hash)
               : g_strdup_printf("%u %.*s", b->height, IO_HASH_DIGITS, b->hash);
}

static void
append_from(GString *out, const SimTraceReader *reader, const SimTraceEvent *event)
{
    if (event->peer != UINT32_MAX)
        g_string_append_printf(out, " from %s", sim_trace_reader_node_name(reader, event->peer));
}

static void
append_tip(GString *out, const SimTraceReader *reader, const SimTraceEvent *event)
{
    g_autofree char *block = sim_trace_block_text(reader, event->block);
    g_autofree char *old = sim_trace_block_text(reader, event->old);

    g_string_append_printf(out, "tip %s, was %s", block, old);
    if (event->number > 0)
        g_string_append_printf(out, ", %" PRId64 " blocks out", event->number);
}

static void
append_arrival(GString *out, const SimTraceReader *reader, const SimTraceEvent *event)
{
    g_autofree char *block = sim_trace_block_text(reader, event->block);

    g_string_append_printf(out, "has block %s", block);
    append_from(out, reader, event);
}

static void
append_tx(GString *out, const SimTraceReader *reader, const SimTraceEvent *event)
{
    const SimTraceTx *tx = sim_trace_reader_tx(reader, event->tx);

    if (tx->name != NULL)
        g_string_append_printf(out, "tx %s ", tx->name);
    else
        g_string_append_printf(out, "tx %.*s ", IO_HASH_DIGITS, tx->hash);
    if (event->kind == SIM_EVENT_UNDONE)
        g_string_append_printf(out, "undone, %" PRId64 " confirmations", event->number);
    else
        g_string_append(out, event->text);
    append_from(out, reader, event);
}

static void
append_strategy(GString *out, const SimTraceReader *reader, const SimTraceEvent *event)
{
    g_autofree char *block = sim_trace_block_text(reader, event->block);

    g_string_append_printf(out, "block %s %s", block, event->text);
}

char *
sim_trace_event_text(const SimTraceReader *reader, const SimTraceEvent *event)
{
    GString *out = g_string_new(NULL);
    char sent[SIM_TIME_TEXT];
    char *printable;

    if (event->node != UINT32_MAX)
        g_string_append_printf(out, "%s ", sim_trace_reader_node_name(reader, event->node));
    switch (event->kind) {
    case SIM_EVENT_MESSAGE:
        g_string_append_printf(out, "-> %s %s, %" PRId64 " bytes, sent %s: %s",
                               sim_trace_reader_node_name(reader, event->peer), event->text,
                               event->number, sim_time_format(sent, event->other), event->more);
        break;
    case SIM_EVENT_ARRIVAL:
        append_arrival(out, reader, event);
        break;
    case SIM_EVENT_VERDICT:
        g_string_append_printf(out, "refuses %s %.*s: %s", event->number ? "tx" : "block",
                               IO_HASH_DIGITS, event->more, event->text);
        append_from(out, reader, event);
        break;
    case SIM_EVENT_TIP:
        append_tip(out, reader, event);
        break;
    case SIM_EVENT_TX:
    case SIM_EVENT_UNDONE:
        append_tx(out, reader, event);
        break;
    case SIM_EVENT_STRATEGY:
        append_strategy(out, reader, event);
        break;
    default:
        g_string_append(out, event->text);
        break;
    }
    printable = io_printable(out->str);
    g_string_free(out, TRUE);
    return printable;
}
