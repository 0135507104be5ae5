/* The notes, and the printing of them; see schema.h. */
#include "analysis/schema.h"

#include "analysis/text.h"

#include <string.h>

/* Without a column: of the table. Units: ns since the start (or long), bytes, ppb = 10^-9. */
typedef struct {
    const char *table, *column, *unit, *text;
} Note;

static const Note notes[] = {
    {"run", NULL, "", "One row, enough to run it again."},
    {"run", "scenario", "", "file name as given, without folders"},
    {"run", "title", "", "the scenario's title"},
    {"run", "source", "", "its whole text"},
    {"run", "params", "JSON", "an object of the parameters in force"},
    {"run", "seed", "", "as a signed integer of 64 bits"},
    {"run", "version", "", "of kettensim"},
    {"run", "level", "", "of this trace: `summary`, `consensus` or `full`"},
    {"run", "status", "", "`held`, `failed`, …"},
    {"run", "digest", "hex", "over every event; the same on every machine"},
    {"run", "outcome", "hex", "over tips, verdicts, reorganisations, checks and measures"},
    {"run", "end_ns", "ns", "when it ended"},
    {"run", "events", "", "events dispatched"},

    {"source", NULL, "",
     "Each text that the scenario was read from, in order of reading: the file itself, its "
     "includes, and tables of measured times. With `run` it is all that `kettensim replay` needs."},
    {"source", "name", "", "seen from the folder of the first, or absolute as written"},
    {"source", "text", "", "as read"},

    {"node", NULL, "", "Each node, and how it stood at the end."},
    {"node", "id", "", "from 0, in order of declaration"},
    {"node", "name", "", "in the scenario"},
    {"node", "role", "", "`miner` or `full`"},
    {"node", "region", "", "NULL for now"},
    {"node", "port", "", "on which it listens"},
    {"node", "share_ppb", "ppb", "of all hash power"},
    {"node", "tip", "block", "at the end"},
    {"node", "height", "blocks", "of that tip"},
    {"node", "reorgs", "", "how often its tip left a branch"},
    {"node", "max_reorg", "blocks", "most that were taken out at once"},
    {"node", "mined", "blocks", "found by it"},

    {"edge", NULL, "", "One row a direction of a link, as it was at the end."},
    {"edge", "id", "", "the way back is `id ^ 1`"},
    {"edge", "src", "node", "from"},
    {"edge", "dst", "node", "to"},
    {"edge", "latency", "", "as in a scenario: `lognormal(80ms,0.5)`"},
    {"edge", "min_ns", "ns", "least latency"},
    {"edge", "jitter_ns", "ns", "at most so much more for each message"},
    {"edge", "rate_bps", "bit/s", "NULL: unlimited"},
    {"edge", "queue_bytes", "bytes", "room to wait; NULL without a rate"},
    {"edge", "loss_ppb", "ppb", "probability that a message is lost"},
    {"edge", "fifo", "0/1", "1: messages keep their order"},

    {"block", NULL, "", "Each block that any node had, in order of discovery."},
    {"block", "id", "", "0 is genesis"},
    {"block", "hash", "hex", "as Bitcoin shows it: last byte first"},
    {"block", "parent", "block", "NULL for genesis"},
    {"block", "height", "blocks", "genesis 0"},
    {"block", "miner", "node", "NULL: genesis, or a block that no node made"},
    {"block", "found_ns", "ns", "when"},
    {"block", "work", "hex",
     "of the chain up to it: 64 digits, so the order of texts is that of numbers"},
    {"block", "bytes", "bytes", "of the NEW_BLOCK message with it, framing included"},
    {"block", "tx_count", "", "transactions, without the reward"},
    {"block", "active", "0/1",
     "1 on the chain of the best tip at the end (most work, then lowest hash)"},

    {"block_name", NULL, "",
     "What the scenario calls a block, in a `tree` or by `mine … as`. Blocks whose body no node "
     "ever had are left out."},
    {"block_name", "block", "block", ""},
    {"block_name", "name", "", ""},

    {"block_tx", NULL, "",
     "What is in each block, without the reward: `tx_count` rows a block. Many blocks may hold one "
     "transaction, a chain holds it once."},
    {"block_tx", "block", "block", "which"},
    {"block_tx", "position", "", "from 0"},
    {"block_tx", "tx", "tx", "which"},

    {"tx", NULL, "",
     "Each transaction; those declared come first, in order of the file, then others in order of "
     "their first event or block."},
    {"tx", "id", "", "from 0"},
    {"tx", "name", "", "NULL: not declared in the scenario"},
    {"tx", "hash", "hex", "its id on the wire"},

    {"arrival", NULL, "", "A block's body joined a node's tree. Genesis has none."},
    {"arrival", "node", "node", "whose"},
    {"arrival", "block", "block", "which"},
    {"arrival", "header_ns", "ns", "when its header came"},
    {"arrival", "body_ns", "ns", "when its body joined"},
    {"arrival", "from_node", "node", "NULL: its own"},

    {"tip", NULL, "", "A node's tip moved. Every node begins on block 0 without a row."},
    {"tip", "seq", "", "order of telling"},
    {"tip", "time_ns", "ns", "when"},
    {"tip", "node", "node", "whose"},
    {"tip", "block", "block", "the new tip"},
    {"tip", "height", "blocks", "of the new tip"},
    {"tip", "reorg_depth", "blocks", "taken out; 0: it only grew"},
    {"tip", "old_block", "block", "the tip before"},

    {"tx_event", NULL, "", "A transaction moved in a node's mempool."},
    {"tx_event", "seq", "", "order of telling"},
    {"tx_event", "time_ns", "ns", "when"},
    {"tx_event", "node", "node", "whose mempool"},
    {"tx_event", "tx", "tx", "which"},
    {"tx_event", "event", "",
     "`accepted` into it; `returned` to it from a branch that lost; `dropped` out of it and not "
     "into a block; `lost` by a crash. What goes into a block has no row: see `block_tx`"},
    {"tx_event", "from_node", "node", "NULL: its own"},

    {"verdict", NULL, "", "A node refused something."},
    {"verdict", "seq", "", "order of telling"},
    {"verdict", "time_ns", "ns", "when"},
    {"verdict", "node", "node", "who refused"},
    {"verdict", "hash", "hex", "of what"},
    {"verdict", "is_tx", "0/1", "1: a transaction, 0: a block"},
    {"verdict", "verdict", "", "names as in scenarios: `bad-nonce`, …"},
    {"verdict", "from_node", "node", "who had sent it; NULL: itself"},

    {"connection", NULL, "",
     "A connection opened or closed; those of the start are opened at 0. A node that is down "
     "closes nothing: its peers notice later."},
    {"connection", "seq", "", "order of telling"},
    {"connection", "time_ns", "ns", "when"},
    {"connection", "edge", "edge", "the even one of its two; its ends are `src` and `dst` there"},
    {"connection", "open", "0/1", "1: opened, 0: closed"},

    {"message", NULL, "",
     "Each message sent, numbered in the order in which fates were met, not in which they were "
     "sent."},
    {"message", "seq", "", "order of telling"},
    {"message", "kind", "", "`new-block`, `ack`, …"},
    {"message", "src", "node", "from"},
    {"message", "dst", "node", "to"},
    {"message", "sent_ns", "ns", "when"},
    {"message", "due_ns", "ns",
     "when it came or would have come; for one dropped at once it is `sent_ns`"},
    {"message", "fate", "",
     "`delivered`, `loss`, `queue`, `cut`, `down`, `closed` or `in-flight` at the end"},
    {"message", "bytes", "bytes", "on the wire, framing included"},

    {"fault", NULL, "", "A partition began or ended, a node crashed, mining went on or off, …"},
    {"fault", "seq", "", "order of telling"},
    {"fault", "time_ns", "ns", "when"},
    {"fault", "text", "", "the action as written; `end of …` where it ended by itself"},

    {"check", NULL, "",
     "Each check of the scenario. The name is a keyword: write `\"check\"` in SQL."},
    {"check", "line", "", "in the scenario"},
    {"check", "text", "", "as written"},
    {"check", "kind", "", "`expect`, `always`, `finally`, …"},
    {"check", "verdict", "", "`held`, `failed`, `vacuous`, …"},
    {"check", "time_ns", "ns", "when it was decided; NULL: never"},
    {"check", "detail", "", "why"},

    {"measure", NULL, "", "Each measure of the scenario."},
    {"measure", "name", "", ""},
    {"measure", "value", "as text",
     "integer when it is one, times in ns; else real; NULL: no value"},
    {"measure", "text", "", "the same for people"},

    {"fork", NULL, "", "Heights with more than one block."},
    {"fork", "height", "blocks", ""},
    {"fork", "blocks", "", "how many"},
    {"fork", "active", "block", "which of them is active; NULL: none"},
    {"fork", "first_ns", "ns", "when the first was found"},
    {"fork", "last_ns", "ns", "when the last was found"},

    {"reorg", NULL, "", "Each time a tip left a branch."},
    {"reorg", "seq", "", "as in `tip`"},
    {"reorg", "time_ns", "ns", "when"},
    {"reorg", "node", "", "the node's name"},
    {"reorg", "depth", "blocks", "taken out"},
    {"reorg", "old_height", "blocks", "of the tip before"},
    {"reorg", "old_hash", "hex", "of the tip before"},
    {"reorg", "height", "blocks", "of the new tip"},
    {"reorg", "hash", "hex", "of the new tip"},

    {"propagation", NULL, "",
     "How long each block took from `found_ns` to nodes' trees; as `propagation(p50)` in a "
     "scenario, for each block."},
    {"propagation", "block", "block", ""},
    {"propagation", "hash", "hex", ""},
    {"propagation", "height", "blocks", ""},
    {"propagation", "reached", "nodes", "that ever had its body"},
    {"propagation", "p50_ns", "ns", "until half of *all* nodes had it; NULL: so many never had"},
    {"propagation", "p90_ns", "ns", "until nine tenths of all nodes had it"},
    {"propagation", "max_ns", "ns", "until the last that had it"},

    {"heights", NULL, "", "Each node's height whenever its tip moved."},
    {"heights", "seq", "", "as in `tip`"},
    {"heights", "time_ns", "ns", "when"},
    {"heights", "node", "", "the node's name"},
    {"heights", "height", "blocks", ""},

    {"agreement", NULL, "",
     "After each instant in which a tip moved; between two rows nothing changes."},
    {"agreement", "time_ns", "ns", "when"},
    {"agreement", "tips", "", "how many different tips there were"},
    {"agreement", "agreed", "0/1", "1 when only one"},
};

static const Note *
find_note(const char *table, const char *column)
{
    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
        if (strcmp(notes[i].table, table) == 0 && g_strcmp0(notes[i].column, column) == 0)
            return &notes[i];
    }
    return NULL;
}

/* Markdown's own signs are meant as such in a note, but a name of a table may be anything. */
static void
put_name(FILE *out, const char *name)
{
    g_autofree char *clean = ana_printable(name);

    g_strdelimit(clean, "`|<>", '?');
    fputs(clean, out);
}

static bool
print_columns(AnaDatabase *database, const char *table, FILE *out, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(
        database, "SELECT name, type, pk FROM pragma_table_xinfo(?1) ORDER BY cid", error);
    GError *failure = NULL;

    if (stmt == NULL)
        return false;
    sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
    fputs("| column | type | unit | meaning |\n|---|---|---|---|\n", out);
    while (ana_database_step(database, stmt, &failure)) {
        g_autofree char *name = ana_value_text(stmt, 0);
        g_autofree char *type = ana_value_text(stmt, 1);
        const Note *note = find_note(table, name);

        fputs("| ", out);
        put_name(out, name);
        fputs(" | ", out);
        put_name(out, type);
        fprintf(out, " | %s | %s%s |\n", note ? note->unit : "",
                sqlite3_column_int(stmt, 2) > 0 ? "key; " : "",
                note ? note->text : "not described");
    }
    putc('\n', out);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

static bool
print_kind(AnaDatabase *database, const char *type, FILE *out, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt =
        ana_database_prepare(database,
                             "SELECT name FROM sqlite_schema WHERE type = ?1 AND name NOT LIKE "
                             "'sqlite\\_%' ESCAPE '\\' ORDER BY rowid",
                             error);
    GError *failure = NULL;

    if (stmt == NULL)
        return false;
    sqlite3_bind_text(stmt, 1, type, -1, SQLITE_STATIC);
    while (ana_database_step(database, stmt, &failure)) {
        g_autofree char *name = ana_value_text(stmt, 0);
        const Note *note = find_note(name, NULL);

        fputs("### ", out);
        put_name(out, name);
        fprintf(out, "\n\n%s\n\n", note ? note->text : "not described");
        if (!print_columns(database, name, out, &failure))
            break;
    }
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

static bool
print_indexes(AnaDatabase *database, FILE *out, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(
        database,
        "SELECT i.name, i.tbl_name, (SELECT group_concat(c.name, ', ') FROM"
        " pragma_index_info(i.name) c) FROM sqlite_schema i WHERE type = 'index' AND sql IS NOT"
        " NULL ORDER BY i.rowid",
        error);
    GError *failure = NULL;

    if (stmt == NULL)
        return false;
    while (ana_database_step(database, stmt, &failure)) {
        static const char *const before[] = {"- `", "` on ", " ("};

        for (int i = 0; i < 3; i++) {
            g_autofree char *text = ana_value_text(stmt, i);

            fputs(before[i], out);
            put_name(out, text);
        }
        fputs(")\n", out);
    }
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

bool
ana_schema_print(AnaDatabase *database, FILE *out, GError **error)
{
    fputs("## Tables\n\n", out);
    if (!print_kind(database, "table", out, error))
        return false;
    fputs("## Views\n\n", out);
    if (!print_kind(database, "view", out, error))
        return false;
    fputs("## Indexes\n\n", out);
    return print_indexes(database, out, error);
}

char *
ana_schema_stray_note(AnaDatabase *database)
{
    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
        const Note *note = &notes[i];
        g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(
            database, "SELECT 1 FROM pragma_table_xinfo(?1) WHERE ?2 IS NULL OR name = ?2", NULL);

        if (stmt == NULL)
            return g_strdup(note->table);
        sqlite3_bind_text(stmt, 1, note->table, -1, SQLITE_STATIC);
        sqlite3_bind_text(stmt, 2, note->column, -1, SQLITE_STATIC);
        if (!ana_database_step(database, stmt, NULL))
            return g_strdup_printf("%s.%s", note->table, note->column ? note->column : "");
    }
    return NULL;
}
