/* Opens a trace and loads what is held in memory; see trace_reader.h. */
#include "sim/run/trace_reader_impl.h"

#include "sim/io/text.h"
#include "sim/engine/assert.h"
#include "sim/run/build.h"
#include "sim/scenario/diagnostic.h"

#include <string.h>

struct SimTraceReader {
    char *path;
    sqlite3 *db;
    SimTraceHead head;
    GPtrArray *nodes;       /* char * */
    GHashTable *node_index; /* name -> index + 1 */
    GArray *blocks;         /* SimTraceBlock */
    GArray *txs;            /* SimTraceTx */
    GArray *block_txs;      /* uint32_t, block after block */
    GArray *faults;         /* SimTraceFault */
    GArray *fault_nodes;    /* SimTraceFaultNode, fault after fault */
    GStringChunk *texts;    /* of faults */
};

sqlite3 *
sim_trace_reader_db(const SimTraceReader *reader)
{
    return reader->db;
}

bool
sim_trace_reader_damaged(const SimTraceReader *reader, const char *what, GError **error)
{
    return io_refuse(error, SIM_RUN_ERROR, SIM_RUN_ERROR_TRACE, "trace '%s' is damaged: %s",
                     reader->path, what);
}

/* --- values ------------------------------------------------------------------------------- */

int64_t
sim_trace_row_integer(SimTraceRow *row, int64_t low, int64_t high, int64_t none)
{
    int column = row->column++, type = sqlite3_column_type(row->stmt, column);
    int64_t value = sqlite3_column_int64(row->stmt, column);

    if (type == SQLITE_NULL && none != 0)
        return none;
    row->bad = row->bad || type != SQLITE_INTEGER || value < low || value > high;
    return row->bad ? low : value;
}

const char *
sim_trace_row_text(SimTraceRow *row, bool may_be_null)
{
    int column = row->column++, type = sqlite3_column_type(row->stmt, column);
    const char *text;

    if (type == SQLITE_NULL && may_be_null)
        return NULL;
    if (type != SQLITE_TEXT) {
        row->bad = true;
        return "";
    }
    text = (const char *)sqlite3_column_text(row->stmt, column);
    if (text == NULL || !g_utf8_validate(text, sqlite3_column_bytes(row->stmt, column), NULL)) {
        row->bad = true;
        return "";
    }
    return text;
}

const char *
sim_trace_row_hex(SimTraceRow *row)
{
    const char *text = sim_trace_row_text(row, false);

    if (strlen(text) != 64 || strspn(text, "0123456789abcdef") != 64)
        row->bad = true;
    return row->bad ? "" : text;
}

sqlite3_stmt *
sim_trace_reader_prepare(SimTraceReader *reader, const char *sql, GError **error)
{
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(reader->db, sql, -1, &stmt, NULL) != SQLITE_OK)
        sim_trace_reader_damaged(reader, sqlite3_errmsg(reader->db), error);
    return stmt;
}

bool
sim_trace_reader_step(SimTraceReader *reader, sqlite3_stmt *stmt, GError **error)
{
    int rc = sqlite3_step(stmt);

    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        sim_trace_reader_damaged(reader, sqlite3_errmsg(reader->db), error);
    return rc == SQLITE_ROW;
}

/* --- is it a trace ------------------------------------------------------------------------ */

static bool
refuse(const SimTraceReader *reader, const char *why, GError **error)
{
    return io_refuse(error, SIM_RUN_ERROR, SIM_RUN_ERROR_TRACE, "cannot read trace '%s': %s",
                     reader->path, why);
}

static bool
check_kind(SimTraceReader *reader, GError **error)
{
    g_autofree char *why = NULL;
    gint64 application, version;

    if (!io_database_read_kind(reader->db, &application, &version))
        return refuse(reader, sqlite3_errmsg(reader->db), error);
    if (application != SIM_TRACE_APPLICATION_ID)
        return refuse(reader, "it is no trace of kettensim", error);
    why = io_database_check_version(version, SIM_TRACE_SCHEMA);
    return why == NULL || refuse(reader, why, error);
}

/* Returns the statement that creates the table, without its semicolon; free with g_free. */
static char *
table_sql(const char *name)
{
    const char *quote = strcmp(name, "check") == 0 ? "\"" : "";
    g_autofree char *head = g_strconcat("CREATE TABLE ", quote, name, quote, "(", NULL);
    const char *start = strstr(sim_trace_schema_tables, head);

    sim_assert(start != NULL);
    return g_strndup(start, (gsize)(strchr(start, ';') - start));
}

static bool
check_table(SimTraceReader *reader, const char *name, GError **error)
{
    g_autofree char *want = table_sql(name);
    g_autofree char *check = g_strdup_printf("PRAGMA quick_check(\"%s\")", name);
    g_autoptr(sqlite3_stmt) schema = NULL;
    g_autoptr(sqlite3_stmt) stmt = NULL;
    SimTraceRow row;

    schema = sim_trace_reader_prepare(
        reader, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1", error);
    if (schema == NULL)
        return false;
    sqlite3_bind_text(schema, 1, name, -1, SQLITE_STATIC);
    if (sqlite3_step(schema) != SQLITE_ROW)
        return sim_trace_reader_damaged(reader, "a table is missing", error);
    row = (SimTraceRow){.stmt = schema};
    if (strcmp(sim_trace_row_text(&row, false), want) != 0)
        return sim_trace_reader_damaged(reader, "a table is not what it must be", error);
    stmt = sim_trace_reader_prepare(reader, check, error);
    if (stmt == NULL || !sim_trace_reader_step(reader, stmt, error))
        return false;
    row = (SimTraceRow){.stmt = stmt};
    if (strcmp(sim_trace_row_text(&row, false), "ok") != 0)
        return sim_trace_reader_damaged(reader, "its pages do not hang together", error);
    return true;
}

static bool
open_database(SimTraceReader *reader, GError **error)
{
    g_autofree char *why = NULL;

    return io_database_open_file(reader->path, &reader->db, &why) || refuse(reader, why, error);
}

/* --- what is kept ------------------------------------------------------------------------- */

static bool
load_head(SimTraceReader *reader, GError **error)
{
    SimTraceHead *head = &reader->head;
    g_autoptr(sqlite3_stmt) stmt = sim_trace_reader_prepare(
        reader,
        "SELECT scenario, title, params, seed, version, level, status, digest, outcome, end_ns,"
        " events, speed_ppb FROM run",
        error);
    SimTraceRow row = {.stmt = stmt};
    const char *level;

    if (stmt == NULL)
        return false;
    if (!sim_trace_reader_step(reader, stmt, error))
        return *error ? false : sim_trace_reader_damaged(reader, "it tells of no run", error);
    head->scenario = g_strdup(sim_trace_row_text(&row, false));
    head->title = g_strdup(sim_trace_row_text(&row, false));
    head->params = g_strdup(sim_trace_row_text(&row, false));
    head->seed = (uint64_t)sim_trace_row_integer(&row, INT64_MIN, INT64_MAX, 0);
    head->version = g_strdup(sim_trace_row_text(&row, false));
    level = sim_trace_row_text(&row, false);
    row.bad =
        row.bad || !sim_trace_level_parse(&head->level, level) || head->level == SIM_TRACE_OFF;
    head->status = g_strdup(sim_trace_row_text(&row, false));
    head->digest = g_strdup(sim_trace_row_hex(&row));
    head->outcome = g_strdup(sim_trace_row_hex(&row));
    head->end_ns = sim_trace_row_integer(&row, 0, INT64_MAX, 0);
    head->events = (uint64_t)sim_trace_row_integer(&row, 0, INT64_MAX, 0);
    head->speed_ppb = (uint64_t)sim_trace_row_integer(&row, 0, INT64_MAX, 0);
    if (row.bad)
        return sim_trace_reader_damaged(reader, "a value in table run", error);
    if (sim_trace_reader_step(reader, stmt, error))
        return sim_trace_reader_damaged(reader, "it tells of more than one run", error);
    return *error == NULL;
}

static bool
is_name(const char *text)
{
    if (!g_ascii_isalpha(*text) && *text != '_')
        return false;
    for (; *text != '\0'; text++) {
        if (!g_ascii_isalnum(*text) && *text != '_')
            return false;
    }
    return true;
}

static bool
take_node(SimTraceReader *reader, SimTraceRow *row)
{
    char *name;

    sim_trace_row_integer(row, reader->nodes->len, reader->nodes->len, 0);
    name = g_strdup(sim_trace_row_text(row, false));
    g_ptr_array_add(reader->nodes, name);
    g_hash_table_insert(reader->node_index, name, GUINT_TO_POINTER(reader->nodes->len));
    return !row->bad && is_name(name);
}

static bool
take_block(SimTraceReader *reader, SimTraceRow *row)
{
    SimTraceBlock block = {.first_tx = UINT32_MAX};

    sim_trace_row_integer(row, reader->blocks->len, reader->blocks->len, 0);
    g_strlcpy(block.hash, sim_trace_row_hex(row), sizeof block.hash);
    block.parent = (uint32_t)sim_trace_row_integer(row, 0, UINT32_MAX - 1, UINT32_MAX);
    block.height = (uint32_t)sim_trace_row_integer(row, 0, UINT32_MAX - 1, 0);
    block.miner =
        (uint32_t)sim_trace_row_integer(row, 0, (int64_t)reader->nodes->len - 1, UINT32_MAX);
    block.found_ns = sim_trace_row_integer(row, 0, INT64_MAX, 0);
    g_strlcpy(block.work, sim_trace_row_hex(row), sizeof block.work);
    block.tx_count = (uint32_t)sim_trace_row_integer(row, 0, UINT32_MAX, 0);
    block.active = sim_trace_row_integer(row, 0, 1, 0) == 1;
    g_array_append_val(reader->blocks, block);
    return !row->bad;
}

static bool
take_block_name(SimTraceReader *reader, SimTraceRow *row)
{
    int64_t block = sim_trace_row_integer(row, 0, (int64_t)reader->blocks->len - 1, 0);
    const char *name = sim_trace_row_text(row, false);
    SimTraceBlock *named;

    if (row->bad || !is_name(name))
        return false;
    named = &g_array_index(reader->blocks, SimTraceBlock, block);
    g_free(named->name);
    named->name = g_strdup(name);
    return true;
}

/* Stores a transaction of a block. Rows are in the order of blocks; their number must be the
 * block's tx_count. */
static bool
take_block_tx(SimTraceReader *reader, SimTraceRow *row)
{
    int64_t block = sim_trace_row_integer(row, 0, (int64_t)reader->blocks->len - 1, 0);
    int64_t position = sim_trace_row_integer(row, 0, UINT32_MAX, 0);
    uint32_t tx = (uint32_t)sim_trace_row_integer(row, 0, (int64_t)reader->txs->len - 1, 0);
    SimTraceBlock *of;

    if (row->bad)
        return false;
    of = &g_array_index(reader->blocks, SimTraceBlock, block);
    if (position >= of->tx_count)
        return false;
    if (position == 0 && of->first_tx == UINT32_MAX)
        of->first_tx = reader->block_txs->len;
    else if ((int64_t)of->first_tx + position != reader->block_txs->len)
        return false;
    g_array_append_val(reader->block_txs, tx);
    return true;
}

static bool
check_block_txs(const SimTraceReader *reader, GError **error)
{
    guint64 count = 0;

    for (guint i = 0; i < reader->blocks->len; i++)
        count += sim_trace_reader_block(reader, i)->tx_count;
    return count == reader->block_txs->len ||
           sim_trace_reader_damaged(reader, "a block lacks transactions", error);
}

static bool
take_tx(SimTraceReader *reader, SimTraceRow *row)
{
    SimTraceTx tx = {.name = NULL};
    const char *name;

    sim_trace_row_integer(row, reader->txs->len, reader->txs->len, 0);
    name = sim_trace_row_text(row, true);
    if (row->bad || (name != NULL && !is_name(name)))
        return false;
    tx.name = g_strdup(name);
    g_strlcpy(tx.hash, sim_trace_row_hex(row), sizeof tx.hash);
    g_array_append_val(reader->txs, tx);
    return !row->bad;
}

/* Reads the number of a fault from the `least` one on; NULL is none. check_fault_ends() sees to the
 * other end. */
static uint32_t
read_fault_ref(SimTraceRow *row, int64_t least)
{
    int64_t number = sim_trace_row_integer(row, least, UINT32_MAX, -1);

    return number < 0 ? UINT32_MAX : (uint32_t)(number - 1);
}

static bool
take_fault(SimTraceReader *reader, SimTraceRow *row)
{
    SimTime before = 0;
    SimTraceFault fault = {.first_node = UINT32_MAX};

    if (reader->faults->len > 0)
        before = sim_trace_reader_fault(reader, reader->faults->len - 1)->time;
    sim_trace_row_integer(row, reader->faults->len + 1, reader->faults->len + 1, -1);
    fault.time = sim_trace_row_integer(row, before, INT64_MAX, 0);
    fault.kind = g_string_chunk_insert_const(reader->texts, sim_trace_row_text(row, false));
    fault.begins = sim_trace_row_integer(row, 0, 1, 0) == 1;
    fault.ends = read_fault_ref(row, reader->faults->len + 2);
    fault.text = g_string_chunk_insert_const(reader->texts, sim_trace_row_text(row, false));
    g_array_append_val(reader->faults, fault);
    return !row->bad && (fault.begins || fault.ends == UINT32_MAX);
}

static bool
take_fault_node(SimTraceReader *reader, SimTraceRow *row)
{
    int64_t number = sim_trace_row_integer(row, 1, reader->faults->len, -1);
    SimTraceFaultNode node;
    SimTraceFault *fault;

    node.node = (uint32_t)sim_trace_row_integer(row, 0, (int64_t)reader->nodes->len - 1, 0);
    node.ends = read_fault_ref(row, number + 1);
    (void)sim_trace_row_integer(row, 0, reader->nodes->len, -1); /* side: checked only */

    if (row->bad || number < 1)
        return false;
    fault = &g_array_index(reader->faults, SimTraceFault, number - 1);
    if (fault->node_count++ == 0)
        fault->first_node = reader->fault_nodes->len;
    g_array_append_val(reader->fault_nodes, node);
    return fault->first_node + fault->node_count == reader->fault_nodes->len;
}

static bool
check_fault_ends(const SimTraceReader *reader, GError **error)
{
    for (guint i = 0; i < reader->faults->len; i++) {
        uint32_t ends = sim_trace_reader_fault(reader, i)->ends;

        if (ends != UINT32_MAX && ends >= reader->faults->len)
            return sim_trace_reader_damaged(reader, "a fault ends with a row that is missing",
                                            error);
    }
    for (guint i = 0; i < reader->fault_nodes->len; i++) {
        uint32_t ends = g_array_index(reader->fault_nodes, SimTraceFaultNode, i).ends;

        if (ends != UINT32_MAX && ends >= reader->faults->len)
            return sim_trace_reader_damaged(
                reader, "a fault ends at a node with a row that is missing", error);
    }
    return true;
}

typedef bool (*TakeRow)(SimTraceReader *reader, SimTraceRow *row);

static bool
load_rows(SimTraceReader *reader, const char *sql, TakeRow take, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt = sim_trace_reader_prepare(reader, sql, error);

    if (stmt == NULL)
        return false;
    while (sim_trace_reader_step(reader, stmt, error)) {
        SimTraceRow row = {.stmt = stmt};

        if (!take(reader, &row)) {
            g_autofree char *what = g_strdup_printf("a value in '%s'", sql);

            return sim_trace_reader_damaged(reader, what, error);
        }
    }
    return *error == NULL;
}

/* Checks that heights fall towards genesis, so that every walk along parents ends. */
static bool
check_parents(const SimTraceReader *reader, GError **error)
{
    for (guint i = 0; i < reader->blocks->len; i++) {
        const SimTraceBlock *block = sim_trace_reader_block(reader, i);

        if (block->parent == UINT32_MAX)
            continue;
        if (block->parent >= reader->blocks->len ||
            sim_trace_reader_block(reader, block->parent)->height + 1 != block->height)
            return sim_trace_reader_damaged(reader, "a block stands on none of its height less 1",
                                            error);
    }
    if (reader->blocks->len == 0 || reader->nodes->len == 0)
        return sim_trace_reader_damaged(reader, "it has no node, or no genesis", error);
    return true;
}

static bool
load(SimTraceReader *reader, GError **error)
{
    return load_head(reader, error) &&
           load_rows(reader, "SELECT id, name FROM node ORDER BY id", take_node, error) &&
           load_rows(reader,
                     "SELECT id, hash, parent, height, miner, found_ns, work, tx_count, active"
                     " FROM block ORDER BY id",
                     take_block, error) &&
           load_rows(reader, "SELECT block, name FROM block_name", take_block_name, error) &&
           load_rows(reader, "SELECT id, name, hash FROM tx ORDER BY id", take_tx, error) &&
           load_rows(reader, "SELECT block, position, tx FROM block_tx ORDER BY block, position",
                     take_block_tx, error) &&
           check_block_txs(reader, error) && check_parents(reader, error) &&
           load_rows(reader,
                     "SELECT seq, time_ns, kind, begins, ends_seq, text FROM fault ORDER BY seq",
                     take_fault, error) &&
           load_rows(reader,
                     "SELECT fault, node, ends_seq, side FROM fault_node ORDER BY fault, node",
                     take_fault_node, error) &&
           check_fault_ends(reader, error);
}

static void
block_clear(gpointer data)
{
    g_free(((SimTraceBlock *)data)->name);
}

static void
tx_clear(gpointer data)
{
    g_free(((SimTraceTx *)data)->name);
}

SimTraceReader *
sim_trace_reader_open(const char *path, GError **error)
{
    static const SimTraceTable read[] = {
        SIM_TABLE_RUN,        SIM_TABLE_SOURCE,     SIM_TABLE_NODE,     SIM_TABLE_BLOCK,
        SIM_TABLE_BLOCK_NAME, SIM_TABLE_BLOCK_TX,   SIM_TABLE_TX,       SIM_TABLE_ARRIVAL,
        SIM_TABLE_TIP,        SIM_TABLE_TX_EVENT,   SIM_TABLE_VERDICT,  SIM_TABLE_MESSAGE,
        SIM_TABLE_FAULT,      SIM_TABLE_FAULT_NODE, SIM_TABLE_STRATEGY, SIM_TABLE_UNDONE};
    g_autoptr(SimTraceReader) reader = g_new0(SimTraceReader, 1);
    g_autoptr(GError) failure = NULL;
    bool good;

    reader->path = g_strdup(path);
    reader->nodes = g_ptr_array_new_with_free_func(g_free);
    reader->node_index = g_hash_table_new(g_str_hash, g_str_equal);
    reader->blocks = g_array_new(FALSE, FALSE, sizeof(SimTraceBlock));
    g_array_set_clear_func(reader->blocks, block_clear);
    reader->txs = g_array_new(FALSE, FALSE, sizeof(SimTraceTx));
    g_array_set_clear_func(reader->txs, tx_clear);
    reader->block_txs = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    reader->faults = g_array_new(FALSE, FALSE, sizeof(SimTraceFault));
    reader->fault_nodes = g_array_new(FALSE, FALSE, sizeof(SimTraceFaultNode));
    reader->texts = g_string_chunk_new(1024);
    good = open_database(reader, &failure) && check_kind(reader, &failure);
    for (size_t i = 0; i < G_N_ELEMENTS(read) && good; i++)
        good = check_table(reader, sim_trace_table(read[i])->name, &failure);
    if (good && load(reader, &failure))
        return g_steal_pointer(&reader);
    g_propagate_error(error, g_steal_pointer(&failure));
    return NULL;
}

void
sim_trace_reader_free(SimTraceReader *reader)
{
    if (reader == NULL)
        return;
    sqlite3_close(reader->db);
    g_hash_table_unref(reader->node_index);
    g_ptr_array_unref(reader->nodes);
    g_array_unref(reader->blocks);
    g_array_unref(reader->txs);
    g_array_unref(reader->block_txs);
    g_array_unref(reader->faults);
    g_array_unref(reader->fault_nodes);
    g_string_chunk_free(reader->texts);
    g_free(reader->head.scenario);
    g_free(reader->head.title);
    g_free(reader->head.params);
    g_free(reader->head.version);
    g_free(reader->head.status);
    g_free(reader->head.digest);
    g_free(reader->head.outcome);
    g_free(reader->path);
    g_free(reader);
}

/* --- asking ------------------------------------------------------------------------------- */

const SimTraceHead *
sim_trace_reader_head(const SimTraceReader *reader)
{
    return &reader->head;
}

uint32_t
sim_trace_reader_node_count(const SimTraceReader *reader)
{
    return reader->nodes->len;
}

const char *
sim_trace_reader_node_name(const SimTraceReader *reader, uint32_t node)
{
    sim_assert(node < reader->nodes->len);
    return g_ptr_array_index(reader->nodes, node);
}

uint32_t
sim_trace_reader_find_node(const SimTraceReader *reader, const char *name)
{
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(reader->node_index, name));

    return found > 0 ? found - 1 : UINT32_MAX;
}

uint32_t
sim_trace_reader_block_count(const SimTraceReader *reader)
{
    return reader->blocks->len;
}

const SimTraceBlock *
sim_trace_reader_block(const SimTraceReader *reader, uint32_t block)
{
    sim_assert(block < reader->blocks->len);
    return &g_array_index(reader->blocks, SimTraceBlock, block);
}

const uint32_t *
sim_trace_reader_block_txs(const SimTraceReader *reader, uint32_t block)
{
    const SimTraceBlock *b = sim_trace_reader_block(reader, block);

    if (b->tx_count == 0)
        return NULL;
    return &g_array_index(reader->block_txs, uint32_t, b->first_tx);
}

uint32_t
sim_trace_reader_tx_count(const SimTraceReader *reader)
{
    return reader->txs->len;
}

const SimTraceTx *
sim_trace_reader_tx(const SimTraceReader *reader, uint32_t tx)
{
    sim_assert(tx < reader->txs->len);
    return &g_array_index(reader->txs, SimTraceTx, tx);
}

uint32_t
sim_trace_reader_fault_count(const SimTraceReader *reader)
{
    return reader->faults->len;
}

const SimTraceFault *
sim_trace_reader_fault(const SimTraceReader *reader, uint32_t fault)
{
    sim_assert(fault < reader->faults->len);
    return &g_array_index(reader->faults, SimTraceFault, fault);
}

const SimTraceFaultNode *
sim_trace_reader_fault_nodes(const SimTraceReader *reader, uint32_t fault)
{
    const SimTraceFault *f = sim_trace_reader_fault(reader, fault);

    return f->node_count > 0 ? &g_array_index(reader->fault_nodes, SimTraceFaultNode, f->first_node)
                             : NULL;
}

GPtrArray *
sim_trace_reader_sources(SimTraceReader *reader, GError **error)
{
    g_autoptr(GPtrArray) sources = scn_sources_new();
    g_autoptr(GError) failure = NULL;
    g_autoptr(sqlite3_stmt) stmt =
        sim_trace_reader_prepare(reader, "SELECT name, text FROM source ORDER BY rowid", error);

    if (stmt == NULL)
        return NULL;
    while (sim_trace_reader_step(reader, stmt, &failure)) {
        SimTraceRow row = {.stmt = stmt};
        const char *name = sim_trace_row_text(&row, false);
        const char *text = sim_trace_row_text(&row, false);

        if (row.bad)
            sim_trace_reader_damaged(reader, "a value in table source", &failure);
        else if (!scn_keep_text(sources, name, text, strlen(text)))
            sim_trace_reader_damaged(reader, "its scenario is " SCN_KEPT_TOO_MUCH, &failure);
        if (failure != NULL)
            break;
    }
    if (failure == NULL && sources->len == 0)
        sim_trace_reader_damaged(reader, "its scenario is missing", &failure);
    if (failure == NULL)
        return g_steal_pointer(&sources);
    g_propagate_error(error, g_steal_pointer(&failure));
    return NULL;
}
