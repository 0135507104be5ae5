/* The SQL of a trace; see trace_schema.h and docs/trace-schema.md. */
#include "sim/run/trace_schema.h"

#include "sim/engine/assert.h"
#include "sim/net/link.h"
#include "sim/world/observe.h"

#include <string.h>

/* The fields of a link: SQL, names and letters of their columns. */
#define FIELD_SQL(type, name, kind, option, column, words) ", " column " " TYPE_##kind " NOT NULL"
#define PART_SQL(type, name, kind, option, column, ...) ", " column " " TYPE_##kind
#define FIELD_NAME(type, name, kind, option, column, ...) "," column
#define FIELD_LETTER(type, name, kind, ...) LETTER_##kind
#define LINK_SQL SIM_LINK_FIELDS(FIELD_SQL, PART_SQL)
#define LINK_NAMES SIM_LINK_FIELDS(FIELD_NAME, FIELD_NAME)
#define LINK_LETTERS SIM_LINK_FIELDS(FIELD_LETTER, FIELD_LETTER)
#define TYPE_LATENCY "TEXT"
#define TYPE_TIME "INTEGER"
#define TYPE_RATE "INTEGER"
#define TYPE_BYTES "INTEGER"
#define TYPE_PPB "INTEGER"
#define TYPE_WORD "INTEGER"
#define LETTER_LATENCY "s"
#define LETTER_TIME "i"
#define LETTER_RATE "i"
#define LETTER_BYTES "i"
#define LETTER_PPB "i"
#define LETTER_WORD "i"

/* REFERENCES is for readers: foreign keys are not enforced during writing. */
const char sim_trace_schema_tables[] =
    "CREATE TABLE run(scenario TEXT, title TEXT, source TEXT, params TEXT, seed INTEGER NOT NULL,"
    " version TEXT NOT NULL, level TEXT NOT NULL, status TEXT, digest TEXT, outcome TEXT,"
    " end_ns INTEGER NOT NULL, events INTEGER NOT NULL, speed_ppb INTEGER NOT NULL) STRICT;"

    "CREATE TABLE source(name TEXT NOT NULL, text TEXT NOT NULL) STRICT;"

    "CREATE TABLE node(id INTEGER PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, region TEXT,"
    " port INTEGER NOT NULL, share_ppb INTEGER NOT NULL,"
    " tip INTEGER NOT NULL REFERENCES block, height INTEGER NOT NULL, reorgs INTEGER NOT NULL,"
    " max_reorg INTEGER NOT NULL, mined INTEGER NOT NULL, uplink_bps INTEGER,"
    " downlink_bps INTEGER, strategy TEXT) STRICT;"

    "CREATE TABLE edge(id INTEGER PRIMARY KEY, src INTEGER NOT NULL REFERENCES node,"
    " dst INTEGER NOT NULL REFERENCES node" LINK_SQL ", shut INTEGER NOT NULL) STRICT;"

    "CREATE TABLE block(id INTEGER PRIMARY KEY, hash TEXT NOT NULL,"
    " parent INTEGER REFERENCES block, height INTEGER NOT NULL, miner INTEGER "
    "REFERENCES node,"
    " found_ns INTEGER NOT NULL, work TEXT NOT NULL, bytes INTEGER NOT NULL,"
    " tx_count INTEGER NOT NULL, active INTEGER NOT NULL) STRICT;"

    "CREATE TABLE block_name(block INTEGER NOT NULL REFERENCES block, name TEXT NOT "
    "NULL) STRICT;"

    /* Queries look up by this key; rows come in its order. */
    "CREATE TABLE block_tx(block INTEGER NOT NULL REFERENCES block, position INTEGER "
    "NOT NULL,"
    " tx INTEGER NOT NULL REFERENCES tx, PRIMARY KEY(block, position)) STRICT, "
    "WITHOUT ROWID;"

    "CREATE TABLE tx(id INTEGER PRIMARY KEY, name TEXT, hash TEXT NOT NULL) STRICT;"

    "CREATE TABLE arrival(node INTEGER NOT NULL REFERENCES node,"
    " block INTEGER NOT NULL REFERENCES block, header_ns INTEGER, body_ns INTEGER "
    "NOT NULL, joined_ns INTEGER NOT NULL,"
    " from_node INTEGER REFERENCES node) STRICT;"

    "CREATE TABLE tip(seq INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL,"
    " node INTEGER NOT NULL REFERENCES node, block INTEGER NOT NULL REFERENCES block,"
    " height INTEGER NOT NULL, reorg_depth INTEGER NOT NULL,"
    " old_block INTEGER NOT NULL REFERENCES block) STRICT;"

    "CREATE TABLE tx_event(seq INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL,"
    " node INTEGER NOT NULL REFERENCES node, tx INTEGER NOT NULL REFERENCES tx,"
    " event TEXT NOT NULL, from_node INTEGER REFERENCES node) STRICT;"

    "CREATE TABLE verdict(seq INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL,"
    " node INTEGER NOT NULL REFERENCES node, hash TEXT NOT NULL, is_tx INTEGER NOT "
    "NULL,"
    " verdict TEXT NOT NULL, from_node INTEGER REFERENCES node) STRICT;"

    "CREATE TABLE connection(seq INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL,"
    " edge INTEGER NOT NULL REFERENCES edge, open INTEGER NOT NULL) STRICT;"

    "CREATE TABLE message(seq INTEGER PRIMARY KEY, kind TEXT NOT NULL,"
    " src INTEGER NOT NULL REFERENCES node, dst INTEGER NOT NULL REFERENCES node,"
    " sent_ns INTEGER NOT NULL, due_ns INTEGER NOT NULL, fate TEXT NOT NULL,"
    " bytes INTEGER NOT NULL) STRICT;"

    "CREATE TABLE fault(seq INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, kind TEXT NOT NULL,"
    " begins INTEGER NOT NULL, ends_seq INTEGER REFERENCES fault, text TEXT NOT NULL) STRICT;"

    "CREATE TABLE fault_node(fault INTEGER NOT NULL REFERENCES fault,"
    " node INTEGER NOT NULL REFERENCES node, ends_seq INTEGER REFERENCES fault, side INTEGER,"
    " PRIMARY KEY(fault, node)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE strategy(seq INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL,"
    " node INTEGER NOT NULL REFERENCES node, block INTEGER NOT NULL REFERENCES block,"
    " event TEXT NOT NULL) STRICT;"

    "CREATE TABLE undone(seq INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL,"
    " node INTEGER NOT NULL REFERENCES node, tx INTEGER NOT NULL REFERENCES tx,"
    " confirmations INTEGER NOT NULL) STRICT;"

    "CREATE TABLE \"check\"(line INTEGER NOT NULL, text TEXT NOT NULL, kind TEXT, "
    "verdict TEXT,"
    " time_ns INTEGER, detail TEXT) STRICT;"

    /* ANY stores integers as integers; a REAL column would show 5 ns as 5.0 */
    "CREATE TABLE measure(name TEXT NOT NULL, value ANY, text TEXT) STRICT;";

/* A quantile is the time of the k-th of all nodes, as in sim_world_propagation(), so that the view
 * agrees with the scenario's propagation(). Ranks are compared with `place` instead of joined,
 * because a join would store all its rows first.
 *
 * agreement: a tip that moves takes one node from a block and gives one to another. `standing` is
 * the number of nodes on a block after each such step; a block that gains its first or loses its
 * last node changes the number of tips by one. Work grows with the number of moves, not with moves
 * times nodes.
 */
const char sim_trace_schema_views[] =
    "CREATE INDEX block_tx_by_tx ON block_tx(tx);"
    "CREATE INDEX tx_event_by_tx ON tx_event(tx);"

    "CREATE VIEW fork AS"
    " SELECT height, count(*) AS blocks, max(CASE WHEN active THEN id END) AS active,"
    "  min(found_ns) AS first_ns, max(found_ns) AS last_ns"
    " FROM block GROUP BY height HAVING count(*) > 1 ORDER BY height;"

    "CREATE VIEW reorg AS"
    " SELECT t.seq, t.time_ns, n.name AS node, t.reorg_depth AS depth, o.height AS old_height,"
    "  o.hash AS old_hash, t.height, b.hash"
    " FROM tip t JOIN node n ON n.id = t.node JOIN block b ON b.id = t.block"
    " JOIN block o ON o.id = t.old_block"
    " WHERE t.reorg_depth > 0 ORDER BY t.seq;"

    "CREATE VIEW propagation AS"
    " WITH rank(half, most) AS MATERIALIZED"
    "  (SELECT (count(*) * 500 + 999) / 1000, (count(*) * 900 + 999) / 1000 FROM node),"
    " place AS (SELECT block, body_ns,"
    "  row_number() OVER (PARTITION BY block ORDER BY body_ns) AS k FROM arrival),"
    " spread AS (SELECT block, count(*) AS reached,"
    "  max(CASE WHEN k = (SELECT half FROM rank) THEN body_ns END) AS p50,"
    "  max(CASE WHEN k = (SELECT most FROM rank) THEN body_ns END) AS p90,"
    "  max(body_ns) AS last FROM place GROUP BY block)"
    " SELECT b.id AS block, b.hash, b.height, s.reached, s.p50 - b.found_ns AS p50_ns,"
    "  s.p90 - b.found_ns AS p90_ns, s.last - b.found_ns AS max_ns"
    " FROM spread s JOIN block b ON b.id = s.block ORDER BY b.id;"

    "CREATE VIEW heights AS"
    " SELECT t.seq, t.time_ns, n.name AS node, t.height"
    " FROM tip t JOIN node n ON n.id = t.node ORDER BY t.seq;"

    "CREATE VIEW agreement AS"
    " WITH step(k, time_ns, block, d) AS ("
    "  SELECT 0, 0, 0, count(*) FROM node"
    "  UNION ALL SELECT 2 * seq, time_ns, old_block, -1 FROM tip"
    "  UNION ALL SELECT 2 * seq + 1, time_ns, block, 1 FROM tip),"
    " standing AS (SELECT k, time_ns, d, sum(d) OVER"
    "  (PARTITION BY block ORDER BY k ROWS UNBOUNDED PRECEDING) AS nodes FROM step),"
    " count AS (SELECT k, time_ns, sum((nodes > 0) - (nodes - d > 0)) OVER"
    "  (ORDER BY k ROWS UNBOUNDED PRECEDING) AS tips FROM standing)"
    " SELECT time_ns, tips, tips = 1 AS agreed FROM"
    "  (SELECT time_ns, tips, lead(time_ns) OVER (ORDER BY k) AS next_ns FROM count)"
    " WHERE next_ns IS NOT time_ns ORDER BY time_ns;";

static const SimTraceTableSpec specs[SIM_TABLE_COUNT] = {
    [SIM_TABLE_RUN] = {"run",
                       "scenario,title,source,params,seed,version,level,status,digest,outcome,"
                       "end_ns,events,speed_ppb",
                       "ssssisssssiii"},
    [SIM_TABLE_SOURCE] = {"source", "name,text", "ss"},
    [SIM_TABLE_NODE] = {"node",
                        "id,name,role,region,port,share_ppb,tip,height,reorgs,max_reorg,mined,"
                        "uplink_bps,downlink_bps,strategy",
                        "isssiiiiiiiiis"},
    [SIM_TABLE_EDGE] = {"edge", "id,src,dst" LINK_NAMES ",shut", "iii" LINK_LETTERS "i"},
    [SIM_TABLE_BLOCK] = {"block", "id,hash,parent,height,miner,found_ns,work,bytes,tx_count,active",
                         "ihiiiiwiii"},
    [SIM_TABLE_BLOCK_NAME] = {"block_name", "block,name", "is"},
    [SIM_TABLE_BLOCK_TX] = {"block_tx", "block,position,tx", "iii"},
    [SIM_TABLE_TX] = {"tx", "id,name,hash", "ish"},
    [SIM_TABLE_ARRIVAL] = {"arrival", "node,block,header_ns,body_ns,joined_ns,from_node", "iiiiii"},
    [SIM_TABLE_TIP] = {"tip", "time_ns,node,block,height,reorg_depth,old_block", "iiiiii"},
    [SIM_TABLE_TX_EVENT] = {"tx_event", "time_ns,node,tx,event,from_node", "iiisi"},
    [SIM_TABLE_VERDICT] = {"verdict", "time_ns,node,hash,is_tx,verdict,from_node", "iihisi"},
    [SIM_TABLE_CONNECTION] = {"connection", "time_ns,edge,open", "iii"},
    [SIM_TABLE_MESSAGE] = {"message", "kind,src,dst,sent_ns,due_ns,fate,bytes", "siiiisi"},
    [SIM_TABLE_FAULT] = {"fault", "seq,time_ns,kind,begins,ends_seq,text", "iisiis"},
    [SIM_TABLE_FAULT_NODE] = {"fault_node", "fault,node,ends_seq,side", "iiii"},
    [SIM_TABLE_STRATEGY] = {"strategy", "time_ns,node,block,event", "iiis"},
    [SIM_TABLE_UNDONE] = {"undone", "time_ns,node,tx,confirmations", "iiii"},
    [SIM_TABLE_CHECK] = {"check", "line,text,kind,verdict,time_ns,detail", "isssis"},
    [SIM_TABLE_MEASURE] = {"measure", "name,value,text", "svs"},
};

const SimTraceTableSpec *
sim_trace_table(SimTraceTable table)
{
    sim_assert(table < SIM_TABLE_COUNT);
    return &specs[table];
}

size_t
sim_trace_table_columns(SimTraceTable table)
{
    return strlen(sim_trace_table(table)->types);
}

size_t
sim_trace_table_cells(SimTraceTable table)
{
    size_t cells = 0;

    for (const char *t = sim_trace_table(table)->types; *t != '\0'; t++)
        cells += *t == 'h' || *t == 'w' ? 4 : *t == 'v' ? 2 : 1;
    return cells;
}
