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

/* In the order of the columns of sql_edges. */
static const char *const link_words[] = {"latency", "min",     "jitter", "loss",
                                         "rate",    "queue",   "order",  "duplicate",
                                         "reorder", "corrupt", "small",  "transport"};

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

/* Values as a scenario writes them: whole ns, bits a second, bytes; a share of 10^-9 as a decimal;
 * what is as where it is not given stays away. An edge whose way back is the same stands once. */
#define SHARE(column) "printf('%d.%09d', " column " / 1000000000, " column " % 1000000000)"
#define SHARE_OR_NONE(column) "CASE WHEN " column " > 0 THEN " SHARE(column) " END"

static const char sql_edges[] =
    "SELECT e.src, e.dst, r.id IS NOT NULL,"
    " e.latency, e.min_ns || 'ns', e.jitter_ns || 'ns', CASE WHEN e.to_bad_ppb IS NULL THEN"
    " " SHARE("e.loss_ppb") " ELSE 'gilbert(good=' || " SHARE(
        "e.loss_ppb") " || ', bad=' "
                      "|| " SHARE(
                          "e."
                          "bad_"
                          "loss_"
                          "ppb") " || ', to-bad=' || " SHARE("e.to_bad_ppb") " || ', to-good=' "
                                                                             "|| " SHARE("e.to_"
                                                                                         "good_"
                                                                                         "ppb") " |"
                                                                                                "| "
                                                                                                "')"
                                                                                                "' "
                                                                                                "EN"
                                                                                                "D,"
                                                                                                " "
                                                                                                "e."
                                                                                                "ra"
                                                                                                "te"
                                                                                                "_"
                                                                                                "bp"
                                                                                                "s "
                                                                                                "||"
                                                                                                " "
                                                                                                "'b"
                                                                                                "ps"
                                                                                                "',"
                                                                                                " e"
                                                                                                "."
                                                                                                "qu"
                                                                                                "eu"
                                                                                                "e_"
                                                                                                "by"
                                                                                                "te"
                                                                                                "s "
                                                                                                "||"
                                                                                                " "
                                                                                                "'B"
                                                                                                "',"
                                                                                                " C"
                                                                                                "AS"
                                                                                                "E "
                                                                                                "e."
                                                                                                "fi"
                                                                                                "fo"
                                                                                                " "
                                                                                                "WH"
                                                                                                "EN"
                                                                                                " "
                                                                                                "1 "
                                                                                                "TH"
                                                                                                "EN"
                                                                                                " "
                                                                                                "'f"
                                                                                                "if"
                                                                                                "o'"
                                                                                                " E"
                                                                                                "LS"
                                                                                                "E "
                                                                                                "'a"
                                                                                                "ny"
                                                                                                "' "
                                                                                                "EN"
                                                                                                "D,"
                                                                                                " " SHARE_OR_NONE("e.duplicate_ppb") ", " SHARE_OR_NONE("e.reorder_ppb") ", " SHARE_OR_NONE(
                                                                                                    "e."
                                                                                                    "co"
                                                                                                    "rr"
                                                                                                    "up"
                                                                                                    "t_"
                                                                                                    "pp"
                                                                                                    "b") ","
                                                                                                         " CASE WHEN e.small_ns > 0 THEN e.small_ns || 'ns' END,"
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

static void
put_edge(FILE *out, sqlite3_stmt *stmt)
{
    fprintf(out, "    <edge source=\"n%" PRId64 "\" target=\"n%" PRId64 "\" directed=\"%s\">",
            (gint64)sqlite3_column_int64(stmt, 0), (gint64)sqlite3_column_int64(stmt, 1),
            sqlite3_column_int(stmt, 2) != 0 ? "false" : "true");
    for (int i = 0; i < (int)G_N_ELEMENTS(link_words); i++) {
        g_autofree char *value = ana_value_text(stmt, 3 + i);

        if (*value == '\0')
            continue;
        fprintf(out, "<data key=\"%s\">", link_words[i]);
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
    for (size_t i = 0; i < G_N_ELEMENTS(link_words); i++)
        fprintf(out, "  <key id=\"%s\" for=\"edge\" attr.name=\"%s\" attr.type=\"string\"/>\n",
                link_words[i], link_words[i]);
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
