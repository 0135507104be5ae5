/* Writes Chrome's trace event format; see export.h. */
#include "analysis/export.h"
#include "analysis/text.h"

#include <inttypes.h>

#define PID_NODES 1
#define PID_NETWORK 2

typedef struct {
    AnaDatabase *database;
    AnaWindow window;
    FILE *out;
    const char *before; /* separator before the next event */
} Writer;

/* Writes microseconds. A trace may contain any time, even a negative one. */
static void
put_us(FILE *out, gint64 time_ns)
{
    guint64 size = time_ns < 0 ? -(guint64)time_ns : (guint64)time_ns;

    fprintf(out, "%s%" PRIu64 ".%03" PRIu64, time_ns < 0 ? "-" : "", size / 1000, size % 1000);
}

/* Returns 2 n for the tip of node n, 2 n + 1 for its messages; modulo 2^64, because n may be any
 * number. */
static gint64
track_of(gint64 node, guint64 which)
{
    return (gint64)(2 * (guint64)node + which);
}

/* Writes the fields that all events have, without a comma or brace at the end. */
static void
begin_event(Writer *writer, const char *phase, int pid, gint64 tid, gint64 time_ns)
{
    fprintf(writer->out, "%s{\"ph\":\"%s\",\"pid\":%d,\"tid\":%" PRId64 ",\"ts\":", writer->before,
            phase, pid, tid);
    put_us(writer->out, time_ns);
    writer->before = ",\n";
}

/* Writes "name":… from a column, then `rest`. */
static void
put_name(const Writer *writer, sqlite3_stmt *stmt, int column, const char *rest)
{
    g_autofree char *text = ana_value_text(stmt, column);

    fputs(",\"name\":", writer->out);
    ana_put_json_text(writer->out, text);
    fputs(rest, writer->out);
}

typedef void (*PutRow)(Writer *writer, sqlite3_stmt *stmt);

/* Calls put for each row; ?1 and ?2 are the window. */
static bool
each_row(Writer *writer, const char *sql, PutRow put, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(writer->database, sql, error);
    GError *failure = NULL;

    if (stmt == NULL)
        return false;
    sqlite3_bind_int64(stmt, 1, writer->window.from_ns);
    sqlite3_bind_int64(stmt, 2, writer->window.to_ns);
    while (ana_database_step(writer->database, stmt, &failure))
        put(writer, stmt);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

static void
put_node(Writer *writer, sqlite3_stmt *stmt)
{
    static const char *const suffix[] = {"", " messages"};
    gint64 id = sqlite3_column_int64(stmt, 0);
    g_autofree char *name = ana_value_text(stmt, 1);

    for (guint64 i = 0; i < 2; i++) {
        g_autofree char *track = g_strconcat(name, suffix[i], NULL);

        begin_event(writer, "M", PID_NODES, track_of(id, i), 0);
        fputs(",\"name\":\"thread_name\",\"args\":{\"name\":", writer->out);
        ana_put_json_text(writer->out, track);
        fputs("}}", writer->out);
        begin_event(writer, "M", PID_NODES, track_of(id, i), 0);
        fprintf(writer->out,
                ",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":%" PRId64 "}}",
                track_of(id, i));
    }
}

static void
put_process(Writer *writer, int pid, const char *name)
{
    begin_event(writer, "M", pid, 0, 0);
    fprintf(writer->out, ",\"name\":\"process_name\",\"args\":{\"name\":\"%s\"}}", name);
}

static void
put_track(Writer *writer, int pid, const char *name)
{
    begin_event(writer, "M", pid, 0, 0);
    fprintf(writer->out, ",\"name\":\"thread_name\",\"args\":{\"name\":\"%s\"}}", name);
}

static void
put_block(Writer *writer, sqlite3_stmt *stmt)
{
    g_autofree char *hash = ana_value_text(stmt, 3);

    begin_event(writer, "i", PID_NODES, track_of(sqlite3_column_int64(stmt, 1), 0),
                sqlite3_column_int64(stmt, 0));
    put_name(writer, stmt, 2, ",\"s\":\"t\",\"cat\":\"block\",\"args\":{\"hash\":");
    ana_put_json_text(writer->out, hash);
    fprintf(writer->out, ",\"active\":%s}}", sqlite3_column_int(stmt, 4) ? "true" : "false");
}

static void
put_tip(Writer *writer, sqlite3_stmt *stmt)
{
    gint64 time_ns = sqlite3_column_int64(stmt, 0);
    gint64 span_ns;
    g_autofree char *hash = ana_value_text(stmt, 4);

    if (__builtin_sub_overflow(sqlite3_column_int64(stmt, 1), time_ns, &span_ns))
        span_ns = G_MAXINT64;
    begin_event(writer, "X", PID_NODES, track_of(sqlite3_column_int64(stmt, 2), 0), time_ns);
    fputs(",\"dur\":", writer->out);
    put_us(writer->out, MAX(span_ns, 0));
    put_name(writer, stmt, 3, ",\"cat\":\"tip\",\"args\":{\"hash\":");
    ana_put_json_text(writer->out, hash);
    fprintf(writer->out, ",\"reorg_depth\":%" PRId64 "}}", (gint64)sqlite3_column_int64(stmt, 5));
}

/* Writes a message as two slices and a flow that joins them. A slice lasts 1 ns, the minimum,
 * because slices of one track must nest. */
static void
put_message(Writer *writer, sqlite3_stmt *stmt)
{
    static const char *const phases[] = {"s", "f"};
    gint64 seq = sqlite3_column_int64(stmt, 0);
    bool came = sqlite3_column_int(stmt, 6) != 0;

    for (int end = 0; end < (came ? 2 : 1); end++) {
        gint64 tid = track_of(sqlite3_column_int64(stmt, 2 + end), 1);
        gint64 time_ns = sqlite3_column_int64(stmt, 4 + end);
        g_autofree char *fate = ana_value_text(stmt, 7);

        begin_event(writer, "X", PID_NODES, tid, time_ns);
        put_name(writer, stmt, 1, ",\"dur\":0.001,\"cat\":\"message\",\"args\":{\"fate\":");
        ana_put_json_text(writer->out, fate);
        fprintf(writer->out, ",\"bytes\":%" PRId64 ",\"seq\":%" PRId64 "}}",
                (gint64)sqlite3_column_int64(stmt, 8), seq);
        if (!came)
            continue;
        begin_event(writer, phases[end], PID_NODES, tid, time_ns);
        put_name(writer, stmt, 1, ",\"cat\":\"message\"");
        fprintf(writer->out, ",\"id\":%" PRId64 "%s}", seq, end == 1 ? ",\"bp\":\"e\"" : "");
    }
}

/* Writes the start or the end of a fault's span; spans may overlap. */
static void
put_fault_end(Writer *writer, sqlite3_stmt *stmt, const char *phase, int time_column)
{
    begin_event(writer, phase, PID_NETWORK, 0, sqlite3_column_int64(stmt, time_column));
    put_name(writer, stmt, 1, ",\"cat\":\"fault\",\"id\":");
    fprintf(writer->out, "%" PRId64 "}", (gint64)sqlite3_column_int64(stmt, 3));
}

static void
put_fault(Writer *writer, sqlite3_stmt *stmt)
{
    begin_event(writer, "i", PID_NETWORK, 0, sqlite3_column_int64(stmt, 0));
    put_name(writer, stmt, 1, ",\"s\":\"g\",\"cat\":\"fault\"}");
    if (sqlite3_column_type(stmt, 2) != SQLITE_NULL) {
        put_fault_end(writer, stmt, "b", 0);
        put_fault_end(writer, stmt, "e", 2);
    }
}

static const char sql_nodes[] = "SELECT id, name FROM node WHERE ?1 IS NOT ?2 ORDER BY id";
static const char sql_blocks[] =
    "SELECT found_ns, miner, 'found ' || height || ' ' || substr(hash, 1, 8), hash, active"
    " FROM block WHERE miner IS NOT NULL AND found_ns >= ?1 AND found_ns < ?2 ORDER BY found_ns, "
    "id";
static const char sql_tips[] =
    "SELECT t.time_ns, coalesce(t.until_ns, (SELECT end_ns FROM run)), t.node,"
    " t.height || ' ' || substr(b.hash, 1, 8), b.hash, t.reorg_depth FROM"
    " (SELECT *, lead(time_ns) OVER (PARTITION BY node ORDER BY seq) AS until_ns FROM tip) t"
    " JOIN block b ON b.id = t.block WHERE t.time_ns >= ?1 AND t.time_ns < ?2 ORDER BY t.seq";
static const char sql_messages[] =
    "SELECT seq, kind, src, dst, sent_ns, due_ns, fate = 'delivered', fate, bytes FROM message"
    " WHERE sent_ns >= ?1 AND sent_ns < ?2 ORDER BY seq";
static const char sql_faults[] =
    "SELECT f.time_ns, f.text,"
    " CASE WHEN f.begins THEN coalesce(e.time_ns, (SELECT end_ns FROM run)) END, f.seq"
    " FROM fault f LEFT JOIN fault e ON e.seq = f.ends_seq"
    " WHERE f.time_ns >= ?1 AND f.time_ns < ?2 ORDER BY f.seq";

bool
ana_export_perfetto(AnaDatabase *database, AnaWindow window, FILE *out, GError **error)
{
    Writer writer = {.database = database, .window = window, .out = out, .before = ""};
    bool done;

    fputs("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n", out);
    put_process(&writer, PID_NODES, "nodes");
    put_process(&writer, PID_NETWORK, "network");
    put_track(&writer, PID_NETWORK, "faults");
    done = each_row(&writer, sql_nodes, put_node, error) &&
           each_row(&writer, sql_faults, put_fault, error) &&
           each_row(&writer, sql_blocks, put_block, error) &&
           each_row(&writer, sql_tips, put_tip, error) &&
           each_row(&writer, sql_messages, put_message, error);
    fputs("\n]}\n", out);
    return done;
}
