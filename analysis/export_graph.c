/* Writes Graphviz and GraphML; see export.h. */
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

/* Names, and the attributes of nodes that `topology file=` reads. Here and below, NULL is omitted.
 */
static const char sql_nodes[] = "SELECT '<node id=\"n' || CAST(id AS INTEGER) || '\">', name, "
                                "region, uplink_bps || 'bps' AS uplink,"
                                " downlink_bps || 'bps' AS downlink FROM node ORDER BY id";

/* Measured times that links name; each becomes an attribute of the graph, with the original text.
 */
#define SQL_TIMES                                                                                  \
    "WITH times(latency, word) AS MATERIALIZED (SELECT latency, 'times' || row_number() OVER"      \
    " (ORDER BY min(id)) FROM edge WHERE latency GLOB 'empirical(\"*\")' GROUP BY latency)"

static const char sql_times[] = SQL_TIMES
    " SELECT t.word, s.text, t.latency FROM times t LEFT JOIN source s"
    " ON s.name = substr(t.latency, 12, length(t.latency) - 13) ORDER BY length(t.word), t.word";

#define SHARE(column) "printf('%d.%09d', " column " / 1000000000, " column " % 1000000000)"

/* Columns of `edge` that do not follow the rule of `units`; without a word they are skipped. */
static const struct {
    const char *column, *word, *sql;
} special[] = {
    {"latency", "latency", "coalesce('empirical(' || t.word || ')', e.latency)"},
    {"loss_ppb", "loss",
     "CASE WHEN e.to_bad_ppb IS NULL THEN " SHARE("e.loss_ppb") " ELSE 'gilbert(good=' || " SHARE("e.loss_ppb") " || ', bad=' || " SHARE(
         "e.bad_loss_ppb") " || ', to-bad=' || " SHARE("e.to_bad_ppb") " || ', to-good=' || " SHARE("e.to_good_ppb") " || ')' END"},
    {"fifo", "order", "CASE WHEN e.fifo THEN 'fifo' ELSE 'any' END"},
    {"stream", "transport", "CASE WHEN e.stream THEN 'stream' ELSE 'datagram' END"},
    {"cut_through", "cut-through", "CASE WHEN e.cut_through THEN 'yes' ELSE 'no' END"},
    {"per_link", "draw", "CASE WHEN e.per_link THEN 'link' ELSE 'message' END"},
    {"bad_loss_ppb", NULL, NULL},
    {"to_bad_ppb", NULL, NULL},
    {"to_good_ppb", NULL, NULL},
};

/* The suffix of a column's name is its unit, the rest the word of the option. */
static const struct {
    const char *end, *sql;
} units[] = {{"_ns", "e.$ || 'ns'"},
             {"_bps", "e.$ || 'bps'"},
             {"_bytes", "e.$ || 'B'"},
             {"_ppb", SHARE("e.$")}};

/* Appends the option that a column contains, as the option's word. */
static void
append_option(GString *sql, const char *column)
{
    for (size_t i = 0; i < G_N_ELEMENTS(special); i++) {
        if (strcmp(column, special[i].column) != 0)
            continue;
        if (special[i].word != NULL)
            g_string_append_printf(sql, ", %s AS \"%s\"", special[i].sql, special[i].word);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        g_auto(GStrv) parts = g_strsplit(units[i].sql, "$", -1);
        g_autofree char *value = g_strjoinv(column, parts);

        if (g_str_has_suffix(column, units[i].end))
            g_string_append_printf(sql, ", %s AS \"%.*s\"", value,
                                   (int)(strlen(column) - strlen(units[i].end)), column);
    }
}

/* Prepares a query of edges with their options. Two equal directions are one edge; closed edges are
 * left out. */
static sqlite3_stmt *
prepare_edges(AnaDatabase *database, GError **error)
{
    g_autoptr(sqlite3_stmt) any = ana_database_prepare(database, "SELECT * FROM edge", error);
    g_autoptr(GString) options = g_string_new(NULL);
    g_autoptr(GString) same = g_string_new(NULL);
    g_autofree char *sql = NULL;

    for (int i = 0; any != NULL && i < sqlite3_column_count(any); i++) {
        const char *column = sqlite3_column_name(any, i);

        if (*column == '\0' || strspn(column, "abcdefghijklmnopqrstuvwxyz_") != strlen(column))
            continue; /* not our column, and unsafe in a statement */
        append_option(options, column);
        if (strcmp(column, "id") != 0 && strcmp(column, "src") != 0 && strcmp(column, "dst") != 0)
            g_string_append_printf(same, " AND r.%s IS e.%s", column, column);
    }
    sql = g_strconcat(SQL_TIMES
                      " SELECT '<edge source=\"n' || CAST(e.src AS INTEGER) || '\" target=\"n'"
                      " || CAST(e.dst AS INTEGER) || '\" directed=\"'"
                      " || CASE WHEN r.id IS NULL THEN 'true' ELSE 'false' END || '\">'",
                      options->str,
                      " FROM edge e LEFT JOIN edge r ON r.id = e.id + 1 - 2 * (e.id % 2)"
                      " AND r.src = e.dst AND r.dst = e.src",
                      same->str,
                      " LEFT JOIN times t ON t.latency = e.latency"
                      " WHERE NOT e.shut AND (r.id IS NULL OR e.id < r.id) ORDER BY e.id",
                      NULL);
    return any != NULL ? ana_database_prepare(database, sql, error) : NULL;
}

static void
put_key(FILE *out, const char *use, const char *name)
{
    fprintf(out, "  <key id=\"%s\" for=\"%s\" attr.name=\"%s\" attr.type=\"string\"/>\n", name, use,
            name);
}

static void
put_data(FILE *out, const char *key, const char *value)
{
    fprintf(out, "<data key=\"%s\">", key);
    ana_put_xml_text(out, value);
    fputs("</data>", out);
}

/* Writes rows: the first column opens an element, the others are its attributes. */
static bool
put_rows(AnaDatabase *database, sqlite3_stmt *stmt, FILE *out, const char *end, GError **error)
{
    GError *failure = NULL;

    while (ana_database_step(database, stmt, &failure)) {
        g_autofree char *begin = ana_value_text(stmt, 0);

        fprintf(out, "    %s", begin);
        for (int i = 1; i < sqlite3_column_count(stmt); i++) {
            g_autofree char *value = ana_value_text(stmt, i);

            if (*value != '\0')
                put_data(out, sqlite3_column_name(stmt, i), value);
        }
        fputs(end, out);
    }
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

/* Writes the measured times that latencies name: their <key> or their <data> elements. */
static bool
put_times(AnaDatabase *database, FILE *out, bool keys, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(database, sql_times, error);
    GError *failure = NULL;

    while (stmt != NULL && failure == NULL && ana_database_step(database, stmt, &failure)) {
        g_autofree char *word = ana_value_text(stmt, 0);
        g_autofree char *text = ana_value_text(stmt, 1);
        g_autofree char *latency = ana_value_text(stmt, 2);

        if (sqlite3_column_type(stmt, 1) == SQLITE_NULL)
            io_refuse(&failure, ANA_ERROR, ANA_ERROR_INPUT,
                      "the trace does not have the times of a link's latency %s", latency);
        else if (keys)
            put_key(out, "graph", word);
        else
            put_data(out, word, text);
    }
    if (failure != NULL)
        g_propagate_error(error, failure);
    return stmt != NULL && failure == NULL;
}

bool
ana_export_graphml(AnaDatabase *database, FILE *out, GError **error)
{
    g_autoptr(sqlite3_stmt) nodes = ana_database_prepare(database, sql_nodes, error);
    g_autoptr(sqlite3_stmt) edges = nodes != NULL ? prepare_edges(database, error) : NULL;

    if (edges == NULL)
        return false;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
          out);
    for (int i = 1; i < sqlite3_column_count(nodes); i++)
        put_key(out, "node", sqlite3_column_name(nodes, i));
    for (int i = 1; i < sqlite3_column_count(edges); i++)
        put_key(out, "edge", sqlite3_column_name(edges, i));
    if (!put_times(database, out, true, error))
        return false;
    fputs("  <graph edgedefault=\"undirected\">\n", out);
    if (!put_times(database, out, false, error) ||
        !put_rows(database, nodes, out, "</node>\n", error) ||
        !put_rows(database, edges, out, "</edge>\n", error))
        return false;
    fputs("  </graph>\n</graphml>\n", out);
    return true;
}
