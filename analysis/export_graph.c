/* Graphviz and GraphML; see export.h. */
#include "analysis/export.h"
#include "analysis/text.h"

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

/* What an edge has, under the words of the language. */
static const struct {
    const char *word;
    int column; /* of sql_edges */
    enum { TEXT, SHARE, LOSS } kind;
} link_options[] = {
    {"latency", 3, TEXT},   {"min", 4, TEXT},       {"jitter", 5, TEXT}, {"loss", 6, LOSS},
    {"rate", 10, TEXT},     {"queue", 11, TEXT},    {"order", 12, TEXT}, {"duplicate", 13, SHARE},
    {"reorder", 14, SHARE}, {"corrupt", 15, SHARE}, {"small", 16, TEXT}, {"transport", 17, TEXT},
};

/* Times in whole ns, bits a second, bytes; shares are parts of 10^9. NULL stays away. An edge whose
 * way back is the same stands once. */
static const char sql_edges[] =
    "SELECT e.src, e.dst, r.id IS NOT NULL, e.latency, e.min_ns || 'ns', e.jitter_ns || 'ns',"
    " e.loss_ppb, e.bad_loss_ppb, e.to_bad_ppb, e.to_good_ppb, e.rate_bps || 'bps',"
    " e.queue_bytes || 'B', CASE WHEN e.fifo THEN 'fifo' ELSE 'any' END, e.duplicate_ppb,"
    " e.reorder_ppb, e.corrupt_ppb, CASE WHEN e.small_ns > 0 THEN e.small_ns || 'ns' END,"
    " CASE e.stream WHEN 1 THEN 'stream' END"
    " FROM edge e LEFT JOIN edge r ON r.id = e.id + 1 - 2 * (e.id % 2) AND r.src = e.dst"
    " AND r.dst = e.src AND r.latency = e.latency AND r.min_ns = e.min_ns"
    " AND r.jitter_ns = e.jitter_ns AND r.rate_bps IS e.rate_bps"
    " AND r.queue_bytes IS e.queue_bytes AND r.loss_ppb = e.loss_ppb AND r.fifo = e.fifo"
    " AND r.bad_loss_ppb IS e.bad_loss_ppb AND r.to_bad_ppb IS e.to_bad_ppb"
    " AND r.to_good_ppb IS e.to_good_ppb AND r.duplicate_ppb = e.duplicate_ppb"
    " AND r.reorder_ppb = e.reorder_ppb AND r.corrupt_ppb = e.corrupt_ppb"
    " AND r.small_ns = e.small_ns AND r.stream = e.stream"
    " WHERE r.id IS NULL OR e.id < r.id ORDER BY e.id";

static bool
put_nodes(AnaDatabase *database, FILE *out, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt =
        ana_database_prepare(database, "SELECT id, name, region FROM node ORDER BY id", error);
    GError *failure = NULL;

    if (stmt == NULL)
        return false;
    while (ana_database_step(database, stmt, &failure)) {
        g_autofree char *name = ana_value_text(stmt, 1);
        g_autofree char *region = ana_value_text(stmt, 2);

        fprintf(out, "    <node id=\"n%" PRId64 "\"><data key=\"name\">",
                (gint64)sqlite3_column_int64(stmt, 0));
        ana_put_xml_text(out, name);
        fputs("</data>", out);
        if (*region != '\0') {
            fputs("<data key=\"region\">", out);
            ana_put_xml_text(out, region);
            fputs("</data>", out);
        }
        fputs("</node>\n", out);
    }
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

/* A share as a decimal, exactly. */
static char *
share_text(sqlite3_stmt *stmt, int column)
{
    gint64 ppb = sqlite3_column_int64(stmt, column);

    return g_strdup_printf("%" PRId64 ".%09" PRId64, ppb / 1000000000, ppb % 1000000000);
}

/* A share, or what the Gilbert-Elliott model takes, in the four columns from `column` on. */
static char *
loss_text(sqlite3_stmt *stmt, int column)
{
    g_autofree char *good = share_text(stmt, column), *bad = share_text(stmt, column + 1);
    g_autofree char *to_bad = share_text(stmt, column + 2), *to_good = share_text(stmt, column + 3);

    if (sqlite3_column_type(stmt, column + 2) == SQLITE_NULL)
        return g_steal_pointer(&good);
    return g_strdup_printf("gilbert(good=%s, bad=%s, to-bad=%s, to-good=%s)", good, bad, to_bad,
                           to_good);
}

/* The value of option i, "" when it is not given. */
static char *
option_text(sqlite3_stmt *stmt, size_t i)
{
    int column = link_options[i].column;

    if (link_options[i].kind == LOSS)
        return loss_text(stmt, column);
    if (link_options[i].kind == SHARE)
        return sqlite3_column_int64(stmt, column) > 0 ? share_text(stmt, column) : g_strdup("");
    return ana_value_text(stmt, column);
}

static void
put_edge(FILE *out, sqlite3_stmt *stmt)
{
    fprintf(out, "    <edge source=\"n%" PRId64 "\" target=\"n%" PRId64 "\" directed=\"%s\">",
            (gint64)sqlite3_column_int64(stmt, 0), (gint64)sqlite3_column_int64(stmt, 1),
            sqlite3_column_int(stmt, 2) != 0 ? "false" : "true");
    for (size_t i = 0; i < G_N_ELEMENTS(link_options); i++) {
        g_autofree char *value = option_text(stmt, i);

        if (*value == '\0')
            continue;
        fprintf(out, "<data key=\"%s\">", link_options[i].word);
        ana_put_xml_text(out, value);
        fputs("</data>", out);
    }
    fputs("</edge>\n", out);
}

bool
ana_export_graphml(AnaDatabase *database, FILE *out, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(database, sql_edges, error);
    GError *failure = NULL;

    if (stmt == NULL)
        return false;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
          "  <key id=\"name\" for=\"node\" attr.name=\"name\" attr.type=\"string\"/>\n"
          "  <key id=\"region\" for=\"node\" attr.name=\"region\" attr.type=\"string\"/>\n",
          out);
    for (size_t i = 0; i < G_N_ELEMENTS(link_options); i++)
        fprintf(out, "  <key id=\"%s\" for=\"edge\" attr.name=\"%s\" attr.type=\"string\"/>\n",
                link_options[i].word, link_options[i].word);
    fputs("  <graph edgedefault=\"undirected\">\n", out);
    if (!put_nodes(database, out, error))
        return false;
    while (ana_database_step(database, stmt, &failure))
        put_edge(out, stmt);
    fputs("  </graph>\n</graphml>\n", out);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}
