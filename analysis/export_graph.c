/* Graphviz and GraphML; see export.h. */
#include "analysis/export.h"
#include "analysis/text.h"
#include "sim/io/text.h"

#include <inttypes.h>
#include <string.h>

/* --- the tree of blocks ------------------------------------------------------------------- */

static const char sql_blocks[] =
    "SELECT b.id, b.parent, b.height, substr(b.hash, 1, 8),"
    " coalesce(n.name, CASE WHEN b.parent IS NULL THEN 'genesis' ELSE '' END), b.active,"
    " (SELECT name FROM block_name m WHERE m.block = b.id)"
    " FROM block b LEFT JOIN node n ON n.id = b.miner"
    " WHERE b.found_ns >= ?1 AND b.found_ns < ?2 ORDER BY b.id";

static void
put_block(FILE *out, sqlite3_stmt *stmt)
{
    g_autofree char *height = ana_value_text(stmt, 2);
    g_autofree char *hash = ana_value_text(stmt, 3);
    g_autofree char *miner = ana_value_text(stmt, 4);
    g_autofree char *name = ana_value_text(stmt, 6);
    g_autofree char *label =
        g_strconcat(height, " ", hash, "\n", miner, *name != '\0' ? "\n" : "", name, NULL);
    const char *style = sqlite3_column_int(stmt, 5) != 0 ? "solid" : "dashed";

    fprintf(out, "  b%" PRId64 " [style=%s, label=", (gint64)sqlite3_column_int64(stmt, 0), style);
    ana_put_dot_text(out, label);
    fputs("];\n", out);
    if (sqlite3_column_type(stmt, 1) != SQLITE_NULL)
        fprintf(out, "  b%" PRId64 " -> b%" PRId64 " [style=%s];\n",
                (gint64)sqlite3_column_int64(stmt, 0), (gint64)sqlite3_column_int64(stmt, 1),
                style);
}

bool
ana_export_dot(AnaDatabase *database, AnaWindow window, FILE *out, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(database, sql_blocks, error);
    GError *failure = NULL;

    if (stmt == NULL)
        return false;
    sqlite3_bind_int64(stmt, 1, window.from_ns);
    sqlite3_bind_int64(stmt, 2, window.to_ns);
    fputs("digraph blocks {\n  rankdir=RL;\n  node [shape=box, fontname=\"monospace\"];\n", out);
    while (ana_database_step(database, stmt, &failure))
        put_block(out, stmt);
    fputs("}\n", out);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

/* --- the links ---------------------------------------------------------------------------- */

/* What an attribute is as an option of the language, by the end of its column's name: the rest is
 * the option's word. A share is parts of 10^9. */
static const struct {
    const char *end, *unit;
} units[] = {{"_ns", "ns"}, {"_bps", "bps"}, {"_bytes", "B"}, {"_ppb", NULL}};

/* Columns whose names are no words of the language: their values are words, 0 and 1. */
static const struct {
    const char *column, *word, *values[2];
} flags[] = {{"fifo", "order", {"any", "fifo"}}, {"stream", "transport", {"datagram", "stream"}}};

/* What of loss_ppb makes it loss=gilbert(…), where the first is no NULL. */
static const char *const bursts[] = {"bad_loss_ppb", "to_bad_ppb", "to_good_ppb"};
static const char *const burst_names[] = {"bad", "to-bad", "to-good"};

typedef struct {
    char *word;
    int column;
    const char *unit; /* NULL: a share */
    enum { LATENCY, NUMBER, SHARE, FLAG } kind;
    guint flag;
} Option;

typedef struct {
    AnaDatabase *database;
    FILE *out;
    GError **error;
    sqlite3_stmt *edges;
    GArray *options;   /* Option */
    GPtrArray *tables; /* latencies that name a text of measured times; times1 is the first */
} Export;

static void
option_clear(gpointer data)
{
    g_free(((Option *)data)->word);
}

static bool
is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* The option that a column of `edge` is, with its word to be freed; no word: none. */
static Option
option_of(const char *column)
{
    if (strcmp(column, "latency") == 0)
        return (Option){.word = g_strdup(column), .kind = LATENCY};
    for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
        if (strcmp(column, flags[i].column) == 0)
            return (Option){.word = g_strdup(flags[i].word), .kind = FLAG, .flag = i};
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (!g_str_has_suffix(column, units[i].end) ||
            is_one_of(column, bursts, G_N_ELEMENTS(bursts)))
            continue;
        return (Option){.word = g_strndup(column, strlen(column) - strlen(units[i].end)),
                        .kind = units[i].unit != NULL ? NUMBER : SHARE,
                        .unit = units[i].unit};
    }
    return (Option){.word = NULL};
}

static int
column_named(sqlite3_stmt *stmt, const char *name)
{
    int i = 0;

    while (i < sqlite3_column_count(stmt) && strcmp(sqlite3_column_name(stmt, i), name) != 0)
        i++;
    return i; /* beyond the last reads as NULL */
}

static void
find_options(GArray *options, sqlite3_stmt *stmt)
{
    for (int i = 0; i < sqlite3_column_count(stmt); i++) {
        Option option = option_of(sqlite3_column_name(stmt, i));

        option.column = i;
        if (option.word != NULL)
            g_array_append_val(options, option);
    }
}

/* The edges, as a statement: one whose way back has the same options stands once, one that is shut
 * not at all. */
static sqlite3_stmt *
prepare_edges(AnaDatabase *database, GError **error)
{
    g_autoptr(sqlite3_stmt) any = ana_database_prepare(database, "SELECT * FROM edge", error);
    g_autoptr(GString) sql = g_string_new("SELECT e.*, r.id IS NOT NULL AS whole FROM edge e"
                                          " LEFT JOIN edge r ON r.id = e.id + 1 - 2 * (e.id % 2)"
                                          " AND r.src = e.dst AND r.dst = e.src");

    for (int i = 0; any != NULL && i < sqlite3_column_count(any); i++) {
        static const char *const own[] = {"id", "src", "dst"};
        const char *name = sqlite3_column_name(any, i);
        g_auto(GStrv) parts = g_strsplit(name, "\"", -1);
        g_autofree char *quoted = g_strjoinv("\"\"", parts);

        if (!is_one_of(name, own, G_N_ELEMENTS(own)))
            g_string_append_printf(sql, " AND r.\"%s\" IS e.\"%s\"", quoted, quoted);
    }
    g_string_append(sql, " WHERE NOT e.shut AND (r.id IS NULL OR e.id < r.id) ORDER BY e.id");
    return any != NULL ? ana_database_prepare(database, sql->str, error) : NULL;
}

/* --- measured times ----------------------------------------------------------------------- */

#define TIMES_BEGIN "empirical(\""
#define TIMES_END "\")"

/* The place among the tables, from 1; 0: it is no latency of measured times, or not found yet. */
static guint
table_of(const Export *export, const char *latency)
{
    for (guint i = 0; i < export->tables->len; i++)
        if (strcmp(g_ptr_array_index(export->tables, i), latency) == 0)
            return i + 1;
    return 0;
}

static bool
find_tables(Export *export)
{
    g_autoptr(sqlite3_stmt) stmt =
        ana_database_prepare(export->database,
                             "SELECT latency FROM edge WHERE substr(latency, 1, 11) = '" TIMES_BEGIN
                             "' GROUP BY latency ORDER BY min(id)",
                             export->error);
    GError *failure = NULL;

    if (stmt == NULL)
        return false;
    while (ana_database_step(export->database, stmt, &failure))
        g_ptr_array_add(export->tables, ana_value_text(stmt, 0));
    if (failure != NULL)
        g_propagate_error(export->error, failure);
    return failure == NULL;
}

/* The text that a table was read from, as the graph's own attribute. */
static bool
put_table(Export *export, guint i)
{
    const char *latency = g_ptr_array_index(export->tables, i);
    const char *begin = latency + strlen(TIMES_BEGIN);
    gsize length = strlen(begin);
    g_autofree char *name = g_strndup(begin, length - MIN(length, strlen(TIMES_END)));
    g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(
        export->database, "SELECT text FROM source WHERE name = ?1", export->error);
    g_autofree char *text = NULL;
    GError *failure = NULL;

    if (stmt == NULL)
        return false;
    sqlite3_bind_text(stmt, 1, name, -1, SQLITE_TRANSIENT);
    if (ana_database_step(export->database, stmt, &failure)) {
        text = ana_value_text(stmt, 0);
        fprintf(export->out, "    <data key=\"times%u\">", i + 1);
        ana_put_xml_text(export->out, text);
        fputs("</data>\n", export->out);
        return true;
    }
    if (failure == NULL)
        io_refuse(&failure, ANA_ERROR, ANA_ERROR_INPUT,
                  "the trace has no text '%s', which links take their latency from", name);
    g_propagate_error(export->error, failure);
    return false;
}

/* --- writing ------------------------------------------------------------------------------ */

static void
put_data(FILE *out, const char *key, const char *value)
{
    if (*value == '\0')
        return;
    fputs("<data key=\"", out);
    ana_put_xml_text(out, key);
    fputs("\">", out);
    ana_put_xml_text(out, value);
    fputs("</data>", out);
}

static void
put_key(FILE *out, const char *use, const char *name)
{
    fputs("  <key id=\"", out);
    ana_put_xml_text(out, name);
    fprintf(out, "\" for=\"%s\" attr.name=\"", use);
    ana_put_xml_text(out, name);
    fputs("\" attr.type=\"string\"/>\n", out);
}

/* Names, and what `topology file=` reads of nodes. */
static const char sql_nodes[] = "SELECT 'n' || id, name, region, uplink_bps || 'bps' AS uplink,"
                                " downlink_bps || 'bps' AS downlink FROM node ORDER BY id";

static bool
put_nodes(Export *export, sqlite3_stmt *stmt)
{
    GError *failure = NULL;

    while (ana_database_step(export->database, stmt, &failure)) {
        g_autofree char *id = ana_value_text(stmt, 0);

        fprintf(export->out, "    <node id=\"%s\">", id);
        for (int i = 1; i < sqlite3_column_count(stmt); i++) {
            g_autofree char *value = ana_value_text(stmt, i);

            put_data(export->out, sqlite3_column_name(stmt, i), value);
        }
        fputs("</node>\n", export->out);
    }
    if (failure != NULL)
        g_propagate_error(export->error, failure);
    return failure == NULL;
}

/* A share as a decimal, exactly. */
static char *
share_text(sqlite3_stmt *stmt, int column)
{
    gint64 ppb = sqlite3_column_int64(stmt, column);

    return g_strdup_printf("%" PRId64 ".%09" PRId64, ppb / 1000000000, ppb % 1000000000);
}

/* loss=gilbert(…) where the column of a good state has a bad one beside it. */
static char *
loss_text(sqlite3_stmt *stmt, int column)
{
    g_autofree char *good = share_text(stmt, column);
    GString *text = g_string_new(NULL);

    g_string_printf(text, "gilbert(good=%s", good);
    for (size_t i = 0; i < G_N_ELEMENTS(bursts); i++) {
        int at = column_named(stmt, bursts[i]);
        g_autofree char *share = share_text(stmt, at);

        if (sqlite3_column_type(stmt, at) == SQLITE_NULL)
            g_string_assign(text, "");
        else if (text->len > 0)
            g_string_append_printf(text, ", %s=%s", burst_names[i], share);
    }
    g_string_append(text, text->len > 0 ? ")" : good);
    return g_string_free(text, FALSE);
}

/* "" when it is not given. */
static char *
option_text(const Export *export, const Option *option)
{
    sqlite3_stmt *stmt = export->edges;
    g_autofree char *plain = ana_value_text(stmt, option->column);

    if (*plain == '\0')
        return g_steal_pointer(&plain);
    switch (option->kind) {
    case LATENCY:
        return table_of(export, plain) > 0
                   ? g_strdup_printf("empirical(times%u)", table_of(export, plain))
                   : g_steal_pointer(&plain);
    case NUMBER:
        return g_strconcat(plain, option->unit, NULL);
    case SHARE:
        return strcmp(option->word, "loss") == 0 ? loss_text(stmt, option->column)
                                                 : share_text(stmt, option->column);
    case FLAG:
        break;
    }
    return g_strdup(flags[option->flag].values[sqlite3_column_int(stmt, option->column) != 0]);
}

static bool
put_edges(Export *export)
{
    sqlite3_stmt *stmt = export->edges;
    int src = column_named(stmt, "src"), dst = column_named(stmt, "dst");
    GError *failure = NULL;

    while (ana_database_step(export->database, stmt, &failure)) {
        fprintf(export->out,
                "    <edge source=\"n%" PRId64 "\" target=\"n%" PRId64 "\" directed=\"%s\">",
                (gint64)sqlite3_column_int64(stmt, src), (gint64)sqlite3_column_int64(stmt, dst),
                sqlite3_column_int(stmt, sqlite3_column_count(stmt) - 1) != 0 ? "false" : "true");
        for (guint i = 0; i < export->options->len; i++) {
            const Option *option = &g_array_index(export->options, Option, i);
            g_autofree char *value = option_text(export, option);

            put_data(export->out, option->word, value);
        }
        fputs("</edge>\n", export->out);
    }
    if (failure != NULL)
        g_propagate_error(export->error, failure);
    return failure == NULL;
}

static bool
put_graph(Export *export, sqlite3_stmt *nodes)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
          export->out);
    for (int i = 1; i < sqlite3_column_count(nodes); i++)
        put_key(export->out, "node", sqlite3_column_name(nodes, i));
    for (guint i = 0; i < export->options->len; i++)
        put_key(export->out, "edge", g_array_index(export->options, Option, i).word);
    for (guint i = 0; i < export->tables->len; i++) {
        g_autofree char *name = g_strdup_printf("times%u", i + 1);

        put_key(export->out, "graph", name);
    }
    fputs("  <graph edgedefault=\"undirected\">\n", export->out);
    for (guint i = 0; i < export->tables->len; i++)
        if (!put_table(export, i))
            return false;
    if (!put_nodes(export, nodes) || !put_edges(export))
        return false;
    fputs("  </graph>\n</graphml>\n", export->out);
    return true;
}

bool
ana_export_graphml(AnaDatabase *database, FILE *out, GError **error)
{
    g_autoptr(sqlite3_stmt) nodes = ana_database_prepare(database, sql_nodes, error);
    g_autoptr(sqlite3_stmt) edges = nodes != NULL ? prepare_edges(database, error) : NULL;
    g_autoptr(GArray) options = g_array_new(FALSE, FALSE, sizeof(Option));
    g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(g_free);
    Export export = {database, out, error, edges, options, tables};

    g_array_set_clear_func(options, option_clear);
    if (edges == NULL)
        return false;
    find_options(options, edges);
    return find_tables(&export) && put_graph(&export, nodes);
}
