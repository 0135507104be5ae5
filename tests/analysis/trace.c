/* The rows, and how they get into a file; see trace.h.
 *
 *   0 genesis -- 1 (a, 10 s) -- 3 (a, 20 s)
 *            `-- 2 (b, 11 s)
 *
 * Transactions: early is in 1, both in 2 and 3, pay in 2 alone, waits in none, gone in none and
 * nowhere any more; unsent was never sent.
 */
#include "tests/analysis/trace.h"

#include <inttypes.h>
#include <sqlite3.h>

const TraceBlock trace_blocks[] = {
    {0, -1, 0, -1, 0, 1}, {1, 0, 1, 0, 10000, 1}, {2, 0, 1, 1, 11000, 0}, {3, 1, 2, 0, 20000, 1}};
const size_t trace_block_count = G_N_ELEMENTS(trace_blocks);

const TraceArrival trace_arrivals[] = {{0, 1, 10000, -1}, {1, 2, 11000, -1}, {2, 2, 11500, 1},
                                       {1, 1, 12000, 0},  {2, 1, 12500, 0},  {0, 2, 13000, 1},
                                       {0, 3, 20000, -1}, {2, 3, 20500, 0},  {1, 3, 21000, 0}};
const size_t trace_arrival_count = G_N_ELEMENTS(trace_arrivals);

const TraceMessage trace_messages[] = {
    {"handshake", 0, 1, 0, 100, "delivered", 96},
    {"handshake", 1, 2, 0, 200, "delivered", 96},
    {"new-block", 1, 2, 11000, 11500, "delivered", 200},
    {"new-block", 0, 1, 10000, 12000, "delivered", 200},
    {"new-block", 0, 2, 10000, 12500, "delivered", 200},
    {"new-block", 1, 0, 11000, 13000, "delivered", 200},
    {"new-block", 2, 0, 12000, 12000, "cut", 200},
    {"ack", 1, 0, 12000, 12100, "loss", 40},
    {"new-block", 0, 2, 20000, 20500, "delivered", 210},
    {"new-block", 0, 1, 20000, 21000, "delivered", 210},
    {"ack", 2, 0, 39900, 40400, "in-flight", 40},
};
const size_t trace_message_count = G_N_ELEMENTS(trace_messages);

const TraceBlockTx trace_block_txs[] = {{1, 1}, {2, 0}, {2, 2}, {3, 2}};
const size_t trace_block_tx_count = G_N_ELEMENTS(trace_block_txs);

const TraceTxEvent trace_tx_events[] = {
    {1000, 0, 0, "accepted", -1},  {1250, 1, 0, "accepted", 0},   {2000, 0, 1, "accepted", -1},
    {2500, 1, 1, "accepted", 0},   {3000, 2, 5, "accepted", -1},  {4000, 2, 5, "dropped", -1},
    {5000, 1, 2, "accepted", -1},  {20500, 2, 0, "returned", -1}, {21000, 1, 0, "dropped", -1},
    {30000, 1, 3, "accepted", -1},
};
const size_t trace_tx_event_count = G_N_ELEMENTS(trace_tx_events);

static const char rest[] =
    "UPDATE run SET level = 'full', end_ns = 40000000000, scenario = 'hand.scn', seed = 5,"
    " status = 'held', events = 99;"
    "INSERT INTO node VALUES(0, 'a', 'miner', NULL, 8001, 500000000, 3, 2, 0, 0, 2, NULL, NULL, "
    "'selfish'),"
    " (1, 'b', 'miner', 'New York', 8002, 300000000, 3, 2, 1, 1, 1, 2000000, NULL, NULL),"
    " (2, 'c', 'full', NULL, 8003, 0, 3, 2, 1, 1, 0, NULL, 3000000, NULL);"
    "INSERT INTO strategy(time_ns, node, block, event) VALUES(10000000000, 0, 1, 'withheld'),"
    " (10200000000, 0, 1, 'released'), (20000000000, 0, 3, 'withheld'),"
    " (20100000000, 0, 3, 'released');"
    "INSERT INTO undone(time_ns, node, tx, confirmations) VALUES(20500000000, 2, 0, 1);"
    "INSERT INTO edge VALUES(0, 0, 1, '5ms', 1000000, 0, NULL, NULL, 0, 1, NULL, NULL, NULL, 0, 0, "
    "0, 0, 0, 0, 0, 0),"
    " (1, 1, 0, '5ms', 1000000, 0, NULL, NULL, 0, 1, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0),"
    " (2, 1, 2, 'uniform(1ms,9ms)', 1000000, 2000000, 8000, 5000, 1500000000 / 3, 1, NULL, NULL, "
    "NULL, 0, 0, 0, 0, 0, 1, 0, 0),"
    " (3, 2, 1, '7ms', 1000000, 0, NULL, NULL, 0, 0, 1000000000, 50000000, 200000000, 300000000, "
    "100000000, 10000000, 5000000, 1, 0, 1, 0);"
    "INSERT INTO tip(time_ns, node, block, height, reorg_depth, old_block) VALUES"
    " (10000000000, 0, 1, 1, 0, 0), (11000000000, 1, 2, 1, 0, 0), (11500000000, 2, 2, 1, 0, 0),"
    " (20000000000, 0, 3, 2, 0, 1), (20500000000, 2, 3, 2, 1, 2), (21000000000, 1, 3, 2, 1, 2);"
    "INSERT INTO fault VALUES(1, 5000000000, 'partition', 1, 2, 'partition {a} | {b, c} for 15s'),"
    " (2, 20000000000, 'end', 0, NULL, 'end of partition {a} | {b, c} for 15s');"
    "INSERT INTO fault_node VALUES(1, 0, NULL, 1), (1, 1, NULL, 2), (1, 2, NULL, 2);"
    "INSERT INTO tx VALUES(0, 'pay', '77'), (1, 'early', '78'), (2, 'both', '79'),"
    " (3, 'waits', '7a'), (4, 'unsent', '7b'), (5, 'gone', '7c');"
    "INSERT INTO connection(time_ns, edge, open) VALUES(0, 0, 1), (0, 2, 1),"
    " (15000000000, 0, 0), (25000000000, 0, 1), (39000000000, 2, 0);"
    "UPDATE block SET tx_count = (SELECT count(*) FROM block_tx WHERE block = id);"
    "INSERT INTO verdict(time_ns, node, hash, is_tx, verdict, from_node) VALUES"
    " (3000000000, 1, 'ab', 0, 'bad-bits', 0), (4000000000, 2, 'ab', 0, 'bad-bits', 1);"
    "INSERT INTO \"check\" VALUES(7, 'finally x', 'finally', 'held', 40000000000, NULL);"
    "INSERT INTO measure VALUES('m', 12, '12');";

void
trace_edit(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;

    CU_ASSERT_EQUAL_FATAL(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        TEST_STR_EQUAL(message, "");
    sqlite3_free(message);
    sqlite3_close(db);
}

static void
put_optional(GString *sql, int value)
{
    if (value < 0)
        g_string_append(sql, "NULL");
    else
        g_string_append_printf(sql, "%d", value);
}

static void
put_rows(GString *sql)
{
    for (size_t i = 0; i < trace_block_count; i++) {
        const TraceBlock *b = &trace_blocks[i];

        g_string_append_printf(sql, "INSERT INTO block VALUES(%d, '%064x', ", b->id,
                               0xb10c0 + b->id);
        put_optional(sql, b->parent);
        g_string_append_printf(sql, ", %d, ", b->height);
        put_optional(sql, b->miner);
        g_string_append_printf(sql, ", %" PRId64 "000000, '%064x', 165, 0, %d);", b->found_ms,
                               b->height + 1, b->active);
    }
    for (size_t i = 0, position = 0; i < trace_block_tx_count; i++) {
        const TraceBlockTx *x = &trace_block_txs[i];

        position = i > 0 && x->block == x[-1].block ? position + 1 : 0;
        g_string_append_printf(sql, "INSERT INTO block_tx VALUES(%d, %zu, %d);", x->block, position,
                               x->tx);
    }
    for (size_t i = 0; i < trace_tx_event_count; i++) {
        const TraceTxEvent *e = &trace_tx_events[i];

        g_string_append_printf(sql,
                               "INSERT INTO tx_event(time_ns, node, tx, event, from_node)"
                               " VALUES(%" PRId64 "000000, %d, %d, '%s', ",
                               e->time_ms, e->node, e->tx, e->event);
        put_optional(sql, e->from);
        g_string_append(sql, ");");
    }
    for (size_t i = 0; i < trace_arrival_count; i++) {
        const TraceArrival *a = &trace_arrivals[i];

        g_string_append_printf(
            sql, "INSERT INTO arrival VALUES(%d, %d, NULL, %" PRId64 "000000, %" PRId64 "000000, ",
            a->node, a->block, a->body_ms, a->body_ms);
        put_optional(sql, a->from);
        g_string_append(sql, ");");
    }
    for (size_t i = 0; i < trace_message_count; i++) {
        const TraceMessage *m = &trace_messages[i];

        g_string_append_printf(sql,
                               "INSERT INTO message(kind, src, dst, sent_ns, due_ns, fate, bytes)"
                               " VALUES('%s', %d, %d, %" PRId64 "000000, %" PRId64
                               "000000, '%s', %d);",
                               m->kind, m->src, m->dst, m->sent_ms, m->due_ms, m->fate, m->bytes);
    }
}

char *
trace_write(const char *folder, const char *name)
{
    static const char *const wiped[] = {"node",     "edge",  "block",    "block_tx", "arrival",
                                        "tip",      "tx",    "tx_event", "verdict",  "connection",
                                        "message",  "fault", "check",    "measure",  "fault_node",
                                        "strategy", "undone"};
    g_autofree char *scenario =
        folder_write(folder, "empty.scn", "scn 1 \"hand\"\nduration 1s\nnodes x\n");
    g_auto(Result) result =
        COMMAND(folder, "run", "empty.scn", "--trace", "full", "-q", "-o", name);
    char *path = folder_path(folder, name);
    GString *sql = g_string_new("BEGIN;");

    TEST_STR_EQUAL(result.err, "");
    CU_ASSERT_EQUAL_FATAL(result.status, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(wiped); i++)
        g_string_append_printf(sql, "DELETE FROM \"%s\";", wiped[i]);
    put_rows(sql);
    g_string_append(sql, rest);
    g_string_append(sql, "COMMIT");
    trace_edit(path, sql->str);
    g_string_free(sql, TRUE);
    return path;
}
