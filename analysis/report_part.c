/* The SQL of the report; see report_part.h. */
#include "analysis/report_part.h"

#include <glib.h>

/* The player draws up to 200 nodes singly. A larger network is drawn by cluster: the nodes of one
 * region on one side of the cut that lasted longest. place has the cluster of each node. */
#define WITH_PLACES                                                                                \
    "WITH cut AS (SELECT f.seq, f.text LIKE 'partition isolate%' AS isolates FROM fault f"         \
    "  LEFT JOIN fault e ON e.seq = f.ends_seq WHERE f.begins AND f.kind = 'partition'"            \
    "  AND EXISTS (SELECT 1 FROM fault_node x WHERE x.fault = f.seq AND x.side IS NOT NULL)"       \
    "  ORDER BY coalesce(e.time_ns, (SELECT end_ns FROM run)) - f.time_ns DESC, f.seq LIMIT 1),"   \
    " place AS MATERIALIZED (SELECT id, region, side,"                                             \
    "  dense_rank() OVER (ORDER BY region, side) - 1 AS cluster FROM (SELECT n.id, n.region,"      \
    "  coalesce(x.side, CASE WHEN (SELECT isolates FROM cut) THEN 2 END) AS side FROM node n"      \
    "  LEFT JOIN fault_node x ON x.node = n.id AND x.fault = (SELECT seq FROM cut)))"
/* Are the nodes drawn singly? Are the moves of tips too many to be told singly? */
#define IS_SMALL "(SELECT count(*) FROM node) <= 200"
#define IS_COARSE "(SELECT count(*) FROM tip) > 20000"
/* Where tips move too often, the page has their state at the ends of slices of the run, and at each
 * 10 ms of the first 10 s of the window. MOVE_NS is the first such moment that is not before a
 * move. The first slice of the window ends at FINE_NS. */
#define SLICES                                                                                     \
    "CASE WHEN " IS_SMALL " THEN 20000 / (SELECT max(1, count(*)) FROM node) ELSE 30000 END"
#define STEP_NS "(SELECT (end_ns / (" SLICES ") / 10000000 + 1) * 10000000 FROM run)"
#define ROUND_UP(time, step) "((" time " + " step " - 1) / " step " * " step ")"
#define FINE_NS ROUND_UP("?1", "10000000")
#define FINE_END_NS "(min(?2, ?1 + 10000000000) / 10000000 * 10000000)"
#define MOVE_NS                                                                                    \
    "CASE WHEN " IS_COARSE " THEN min((SELECT end_ns FROM run), " ROUND_UP(                        \
        "time_ns", STEP_NS) ", CASE WHEN time_ns <= " FINE_NS " THEN " FINE_NS                     \
                            " WHEN time_ns <= " FINE_END_NS " THEN " ROUND_UP(                     \
                                "time_ns",                                                         \
                                "10000000") " ELSE 9223372036854775807 END) ELSE time_ns END"

/* change: how a transaction moved into (1) or out of (-1) a node's mempool, if `asked` holds.
 * climb: the blocks that a reorganisation joins to a node's chain, from the tip down to the fork.
 */
#define WITH_CHANGES(asked)                                                                        \
    "WITH RECURSIVE climb(node, time_ns, block, parent, floor) AS ("                               \
    "  SELECT t.node, t.time_ns, t.block, b.parent, o.height - t.reorg_depth FROM tip t"           \
    "  JOIN block b ON b.id = t.block JOIN block o ON o.id = t.old_block"                          \
    "  WHERE b.parent IS NOT t.old_block AND b.height > o.height - t.reorg_depth AND " asked       \
    "  UNION ALL SELECT c.node, c.time_ns, b.id, b.parent, c.floor FROM climb c"                   \
    "  JOIN block b ON b.id = c.parent WHERE b.height > c.floor),"                                 \
    " joined AS (SELECT node, time_ns, block FROM climb"                                           \
    "  UNION ALL SELECT t.node, t.time_ns, t.block FROM tip t JOIN block b ON b.id = t.block"      \
    "  WHERE b.parent = t.old_block AND b.tx_count > 0 AND " asked "),"                            \
    " event AS (SELECT tx, node, time_ns, event <> 'accepted' AS place,"                           \
    "   event IN ('accepted', 'returned') AS held FROM tx_event WHERE " asked                      \
    "  UNION ALL SELECT x.tx, j.node, j.time_ns, 0.5, 0 FROM joined j"                             \
    "  JOIN block_tx x ON x.block = j.block),"                                                     \
    " change AS (SELECT node, time_ns, held - coalesce(lag(held) OVER"                             \
    "  (PARTITION BY tx, node ORDER BY time_ns, place), 0) AS d FROM event)"

static const AnaReportPart run_parts[] = {
    {"run", "SELECT scenario, title, params, seed, version, level, status, digest, outcome, end_ns,"
            " events, substr(source, 1, 200000) AS source FROM run"},
    {"counts",
     "SELECT (SELECT count(*) FROM node) AS nodes, (SELECT count(*) FROM block) AS blocks,"
     " (SELECT count(*) FROM block WHERE parent IS NOT NULL AND NOT active) AS stale,"
     " (SELECT max(height) FROM block WHERE active) AS height,"
     " (SELECT count(*) FROM tip WHERE reorg_depth > 0) AS reorgs,"
     " (SELECT max(reorg_depth) FROM tip) AS deepest,"
     " (SELECT count(*) FROM block WHERE active AND miner IS NOT NULL) AS kept,"
     " (SELECT count(*) FROM undone) AS undone,"
     " (SELECT count(*) FROM arrival) AS arrivals, (SELECT count(*) FROM tip) AS tips, (SELECT "
     "count(*) FROM tx) AS txs,"
     " (SELECT count(DISTINCT tx) FROM block_tx WHERE block IN (SELECT id FROM block WHERE active))"
     "  AS confirmed,"
     " ?1 AS from_ns, ?2 AS to_ns"},
    {"checks", "SELECT line, text, kind, verdict, time_ns, detail FROM \"check\" LIMIT 1000"},
    {"measures", "SELECT name, value, text FROM measure LIMIT 1000"},
    {"nodes", WITH_PLACES
     " SELECT n.id, n.name, n.role, n.share_ppb, n.height, n.tip, n.mined, n.reorgs, n.max_reorg,"
     " coalesce(e.links, 0) AS links, n.strategy, coalesce(k.kept, 0) AS kept, p.cluster"
     " FROM node n JOIN place p ON p.id = n.id"
     " LEFT JOIN (SELECT src, count(*) AS links FROM edge GROUP BY src) e ON e.src = n.id"
     " LEFT JOIN (SELECT miner, count(*) AS kept FROM block WHERE active GROUP BY miner) k"
     "  ON k.miner = n.id ORDER BY n.id LIMIT 20000"},
    {"blocks",
     "WITH rank(half, most) AS MATERIALIZED"
     "  (SELECT (count(*) * 500 + 999) / 1000, (count(*) * 900 + 999) / 1000 FROM node),"
     " place AS (SELECT block, body_ns, row_number() OVER (PARTITION BY block ORDER BY body_ns)"
     "  AS k FROM arrival),"
     " spread AS (SELECT block, count(*) AS reached,"
     "  max(CASE WHEN k = (SELECT half FROM rank) THEN body_ns END) AS p50,"
     "  max(CASE WHEN k = (SELECT most FROM rank) THEN body_ns END) AS p90,"
     "  max(body_ns) AS last FROM place GROUP BY block)"
     " SELECT b.id, substr(b.hash, 1, 16) AS hash, b.parent, b.height, b.miner, b.found_ns,"
     "  b.active, b.bytes, b.tx_count, s.reached, s.p50 - b.found_ns AS p50_ns,"
     "  s.p90 - b.found_ns AS p90_ns, s.last - b.found_ns AS max_ns,"
     "  (SELECT name FROM block_name m WHERE m.block = b.id) AS name"
     " FROM block b LEFT JOIN spread s ON s.block = b.id ORDER BY b.id LIMIT 10000"},
    {"withheld", /* the last that was heard of each */
     "SELECT block, event, time_ns FROM strategy WHERE seq IN"
     " (SELECT max(seq) FROM strategy GROUP BY block) ORDER BY block LIMIT 10000"},
    {"attackers", NULL},
    {"undone", NULL},
    {"arrivals", /* of contested heights first */
     "SELECT a.block, a.node, a.header_ns, a.body_ns, a.from_node FROM arrival a"
     " JOIN block b ON b.id = a.block ORDER BY b.height IN"
     "  (SELECT height FROM block GROUP BY height HAVING count(*) > 1) DESC, a.block, a.body_ns"
     " LIMIT 15000"},
    {"tips", /* nodes with the deepest reorganisations first, then evenly over all */
     "WITH chosen AS (SELECT id FROM node ORDER BY id % max(1, (SELECT count(*) FROM node) / 20)"
     "  <> 0 AND max_reorg = 0, max_reorg DESC, id LIMIT 40)"
     " SELECT time_ns, node, block, height, reorg_depth FROM tip"
     " WHERE node IN (SELECT id FROM chosen) ORDER BY seq LIMIT 40000"},
    {"agreement", /* the most tips in each of 1000 slices, if there are more changes */
     "WITH step(k, block) AS (SELECT 0, 0 UNION ALL SELECT 2 * seq, old_block FROM tip"
     "  UNION ALL SELECT 2 * seq + 1, block FROM tip),"
     " move AS (SELECT k, block, CASE k WHEN 0 THEN (SELECT count(*) FROM node)"
     "  ELSE k % 2 * 2 - 1 END AS d FROM step),"
     " standing AS (SELECT k, d, sum(d) OVER"
     "  (PARTITION BY block ORDER BY k ROWS UNBOUNDED PRECEDING) AS nodes FROM move),"
     " turn AS (SELECT k, coalesce((SELECT time_ns FROM tip WHERE seq = k / 2), 0) AS time_ns,"
     "  (nodes > 0) - (nodes - d > 0) AS d FROM standing WHERE (nodes > 0) <> (nodes - d > 0)),"
     " counted AS (SELECT k, time_ns, sum(d) OVER (ORDER BY k ROWS UNBOUNDED PRECEDING) AS tips"
     "  FROM turn),"
     " instant AS (SELECT time_ns, tips, k FROM (SELECT k, time_ns, tips, lead(time_ns)"
     "  OVER (ORDER BY k) AS next_ns FROM counted) WHERE next_ns IS NOT time_ns),"
     " spell AS MATERIALIZED (SELECT time_ns, tips, k FROM (SELECT *, lag(tips) OVER (ORDER BY k) "
     "AS before"
     "  FROM instant) WHERE before IS NOT tips)"
     " SELECT min(time_ns) AS time_ns, max(tips) AS tips FROM spell GROUP BY"
     "  CASE WHEN (SELECT count(*) FROM spell) > 2000"
     "   THEN time_ns / max(1, (SELECT end_ns FROM run) / 1000) ELSE k END ORDER BY 1"},
    {"reorgs",
     "SELECT time_ns, node, reorg_depth AS depth, old_block, block FROM tip WHERE reorg_depth > 0"
     " ORDER BY reorg_depth DESC, seq LIMIT 5000"},
    {"faults", /* only faults with a duration: no pure ends, no single steps of churn */
     "SELECT f.seq, f.time_ns, f.kind, f.begins, e.time_ns AS end_ns,"
     " substr(f.text, 1, 200) AS text FROM fault f"
     " LEFT JOIN fault e ON e.seq = f.ends_seq WHERE f.kind NOT IN ('churn-leave', 'churn-join')"
     " AND (f.begins OR f.seq NOT IN (SELECT ends_seq FROM fault WHERE ends_seq IS NOT NULL))"
     " ORDER BY f.seq LIMIT 1000"},
    {"propagation", /* of millions of arrivals, every n-th */
     "WITH delay AS (SELECT a.body_ns - b.found_ns AS d FROM arrival a JOIN block b ON b.id ="
     "  a.block WHERE b.miner IS NOT NULL AND a.node <> b.miner AND a.rowid % "
     "  max(1, (SELECT count(*) FROM arrival) / 500000) = 0),"
     " ranked AS (SELECT d, row_number() OVER (ORDER BY d) AS k, count(*) OVER () AS n FROM delay)"
     " SELECT k * 100.0 / n AS percent, d AS delay_ns FROM ranked"
     " WHERE k % max(1, n / 200) = 0 OR k = 1 OR k = n ORDER BY k"},
    {"mempool", /* mean over the nodes at the end of each of 200 slices with a change */
     WITH_CHANGES(
         "EXISTS (SELECT 1 FROM tx_event)") ","
                                            " moved AS (SELECT min(199, time_ns * 200 / max(1, "
                                            "(SELECT end_ns FROM run))) AS slice,"
                                            "  sum(d) AS d FROM change WHERE d <> 0 GROUP BY 1)"
                                            " SELECT slice, 1.0 * sum(d) OVER (ORDER BY slice ROWS "
                                            "UNBOUNDED PRECEDING)"
                                            "  / (SELECT count(*) FROM node) AS held FROM moved "
                                            "ORDER BY slice"},
    {"confirmations",
     "WITH RECURSIVE winning(block, parent, height, found_ns) AS (SELECT id, parent, height, "
     "found_ns"
     "  FROM block WHERE id = (SELECT b.id FROM node n JOIN block b ON b.id = n.tip GROUP BY b.id"
     "   ORDER BY count(*) DESC, b.work DESC, b.hash LIMIT 1)"
     "  UNION ALL SELECT b.id, b.parent, b.height, b.found_ns FROM winning w"
     "  JOIN block b ON b.id = w.parent),"
     " first AS (SELECT tx, min(time_ns) AS time_ns FROM tx_event WHERE event = 'accepted' GROUP "
     "BY tx),"
     " place AS MATERIALIZED (SELECT f.time_ns, w.height FROM winning w JOIN block_tx x"
     "  ON x.block = w.block JOIN first f ON f.tx = x.tx),"
     " level AS MATERIALIZED (SELECT height, found_ns FROM winning), wanted(k) AS (VALUES (1), "
     "(3), (6)),"
     " ranked AS (SELECT w.k, l.found_ns - p.time_ns AS d,"
     "  row_number() OVER (PARTITION BY w.k ORDER BY l.found_ns - p.time_ns) AS r,"
     "  count(*) OVER (PARTITION BY w.k) AS n FROM place p JOIN wanted w"
     "  JOIN level l ON l.height = p.height + w.k - 1)"
     " SELECT k, r * 100.0 / n AS percent, d AS wait_ns FROM ranked"
     " WHERE r % max(1, n / 200) = 0 OR r = 1 OR r = n ORDER BY k, r"},
    {"flow", /* sums over all messages, which the page adds up, in one pass */
     "SELECT value ->> 0 AS slice, value ->> 1 AS kind, value ->> 2 AS fate, value ->> 3 AS "
     "messages,"
     " value ->> 4 AS bytes FROM json_each((SELECT tally(bytes,"
     "  sent_ns / (SELECT max(1, (end_ns + 99) / 100) FROM run), kind, fate) FROM message))"
     " ORDER BY 1, 2, 3 LIMIT 20000"},
    {"messages", "SELECT kind, src, dst, sent_ns, due_ns, fate, bytes FROM message"
                 " WHERE sent_ns >= ?1 AND sent_ns < ?2 ORDER BY seq LIMIT 4000"},
    /* --- the player ------------------------------------------------------------------------ */
    {"player",
     WITH_PLACES " SELECT " IS_SMALL " AS single, CASE WHEN " IS_COARSE " THEN " STEP_NS
                 " ELSE 0 END AS step_ns,"
                 " " FINE_NS " AS fine_ns, " FINE_END_NS " AS fine_end_ns,"
                 " (SELECT seq FROM cut) AS cut, (SELECT count(*) FROM edge) / 2 AS links"},
    {"clusters", WITH_PLACES " SELECT cluster, region, side, count(*) AS nodes FROM place"
                             " GROUP BY cluster ORDER BY cluster LIMIT 200"},
    {"links", /* evenly over all, if they are too many */
     "WITH start AS (SELECT edge, open, max(seq) FROM connection WHERE time_ns = 0 GROUP BY edge)"
     " SELECT e.id, e.src, e.dst, coalesce(s.open, 0) AS open FROM edge e"
     " LEFT JOIN start s ON s.edge = e.id WHERE " IS_SMALL " AND e.id % 2 = 0"
     " AND e.id / 2 % ((SELECT count(*) FROM edge) / 2 / 3000 + 1) = 0 ORDER BY e.id"},
    {"connections", "SELECT time_ns, edge, open FROM connection WHERE " IS_SMALL " AND time_ns > 0"
                    " ORDER BY seq LIMIT 10000"},
    {"spans", WITH_PLACES
     " SELECT min(a.cluster, b.cluster) AS a, max(a.cluster, b.cluster) AS b, count(*) AS links"
     " FROM edge e JOIN place a ON a.id = e.src JOIN place b ON b.id = e.dst"
     " WHERE NOT " IS_SMALL " AND e.id % 2 = 0 GROUP BY 1, 2 LIMIT 2000"},
    {"sides", /* of cuts: who may not reach whom */
     "SELECT x.fault, x.node, x.side FROM fault_node x JOIN fault f ON f.seq = x.fault"
     " WHERE " IS_SMALL " AND f.begins AND f.kind IN ('partition', 'oneway', 'cut')"
     " ORDER BY x.fault, x.node LIMIT 10000"},
    {"down", "SELECT x.node, f.kind, f.time_ns AS from_ns, e.time_ns AS end_ns FROM fault f"
             " JOIN fault_node x ON x.fault = f.seq"
             " LEFT JOIN fault e ON e.seq = coalesce(x.ends_seq, f.ends_seq) WHERE f.begins AND"
             " f.kind IN ('crash', 'crash-in-write', 'pause', 'leave', 'churn-leave')"
             " ORDER BY f.seq, x.node LIMIT 10000"},
    {"moves", /* of single nodes, the last in each slice; `tips` has all if they are few */
     "SELECT " MOVE_NS " AS time_ns, node, block, max(seq) AS last FROM tip WHERE " IS_SMALL
     " AND ((SELECT count(*) FROM node) > 40 OR " IS_COARSE ")"
     " GROUP BY CASE WHEN " IS_COARSE " THEN " MOVE_NS " ELSE seq END, node ORDER BY last"},
    {"shifts", /* of how many nodes of a cluster, from block to block */
     "SELECT value ->> 0 AS time_ns, value ->> 1 AS cluster, value ->> 2 AS old_block,"
     " value ->> 3 AS block, value ->> 4 AS nodes FROM json_each((" WITH_PLACES
     " SELECT tally(1, " MOVE_NS ", p.cluster, old_block, block) FROM tip t JOIN place p"
     " ON p.id = t.node WHERE NOT " IS_SMALL ")) ORDER BY 1 LIMIT 30000"},
    {"pools", /* changes of mempools, if they are few */
     WITH_CHANGES(
         "" IS_SMALL
         " AND (SELECT count(*) FROM tx_event) <= 10000") " SELECT time_ns, node, sum(d) AS d FROM "
                                                          "change WHERE d <> 0 GROUP BY 1, 2"
                                                          " HAVING sum(d) <> 0 ORDER BY 1 LIMIT "
                                                          "20000"},
};

static const AnaReportPart sweep_parts[] = {
    {"sweep", "SELECT scenario, title, version, options, first_seed, last_seed, points, runs,"
              " shard, shards FROM sweep"},
    {"params", "SELECT id, name, column_name, unit, swept FROM param ORDER BY id"},
    {"measures", "SELECT id, name, column_name, unit FROM measure ORDER BY id"},
    {"points", "SELECT * FROM point ORDER BY id LIMIT 5000"},
    {"statistics", "SELECT point, measure, n, nulls, mean, ci_low, ci_high, p5, p50, p95, max"
                   " FROM statistic ORDER BY point, measure LIMIT 30000"},
    {"outcomes", "SELECT point, status, count(*) AS runs, min(seed) AS seed FROM run"
                 " GROUP BY point, status ORDER BY point, status LIMIT 20000"},
    {"failures", "SELECT point, seed, status, substr(detail, 1, 300) AS detail FROM run"
                 " WHERE status <> 'held' ORDER BY id LIMIT 1000"},
};

static const AnaReportPart over_parts[] = {
    {"over_checks", "SELECT line, text, verdict, substr(detail, 1, 600) AS detail FROM over_check"
                    " ORDER BY id LIMIT 1000"},
};
static const AnaReportPart asked_parts[] = {
    {"tables", "SELECT id, title FROM result_table ORDER BY id LIMIT 200"},
    {"table_params", "SELECT result, param FROM result_param ORDER BY result, position LIMIT 2000"},
    {"table_values",
     "SELECT result, line, measure, stat, point, n, value, ci_low, ci_high FROM result_value"
     " ORDER BY result, line, measure LIMIT 30000"},
};

#define GROUP(of, needed) {of, G_N_ELEMENTS(of), needed}

const AnaReportGroup ana_report_run = GROUP(run_parts, NULL);

/* Files of older sweeps lack the tables of the second and third group. */
const AnaReportGroup ana_report_sweep[ANA_REPORT_SWEEP_GROUPS] = {
    GROUP(sweep_parts, NULL),
    GROUP(asked_parts, "result_table"),
    GROUP(over_parts, "over_check"),
};
