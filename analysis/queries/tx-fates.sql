-- What became of the transactions: confirmed, reorganised out, waiting, lost?
-- By the chain on which most nodes stand at the end. 'confirmed again': it also stood in a block that
-- some node's tip left. 'reorganised out': it stood in such a block alone. 'on another branch': in a
-- block that no tip has left. 'waiting': in no block, in some mempool. 'lost': in none any more.
-- for: trace, level consensus
WITH RECURSIVE winning(block, parent, height, found_ns) AS (
 SELECT id, parent, height, found_ns FROM block WHERE id = (SELECT b.id FROM node n
  JOIN block b ON b.id = n.tip GROUP BY b.id ORDER BY count(*) DESC, b.work DESC, b.hash LIMIT 1)
 UNION ALL SELECT b.id, b.parent, b.height, b.found_ns FROM winning w JOIN block b ON b.id = w.parent),
gone(block, more) AS (SELECT old_block, max(reorg_depth) - 1 FROM tip WHERE reorg_depth > 0
  GROUP BY old_block
 UNION SELECT b.parent, g.more - 1 FROM gone g JOIN block b ON b.id = g.block WHERE g.more > 0),
kept(tx) AS MATERIALIZED (SELECT tx FROM block_tx WHERE block IN (SELECT block FROM winning)),
left_out(tx) AS MATERIALIZED (SELECT tx FROM block_tx WHERE block IN (SELECT block FROM gone)
 AND block NOT IN (SELECT block FROM winning)),
event AS (SELECT tx, node, event, max(seq) FROM tx_event
 WHERE tx NOT IN (SELECT tx FROM block_tx) GROUP BY tx, node),
held(tx) AS MATERIALIZED (SELECT tx FROM event WHERE event IN ('accepted', 'returned')),
fate AS (SELECT CASE WHEN id IN (SELECT tx FROM kept) THEN
   CASE WHEN id IN (SELECT tx FROM left_out) THEN 2 ELSE 1 END
  WHEN id IN (SELECT tx FROM left_out) THEN 3 WHEN id IN (SELECT tx FROM block_tx) THEN 4
  WHEN id IN (SELECT tx FROM held) THEN 5 WHEN id IN (SELECT tx FROM tx_event) THEN 6 ELSE 7 END AS f
 FROM tx),
name(f, fate) AS (VALUES (1, 'confirmed'), (2, 'confirmed again'), (3, 'reorganised out'),
 (4, 'on another branch'), (5, 'waiting'), (6, 'lost'), (7, 'never sent'))
SELECT n.fate, count(t.f) AS transactions,
 round(100.0 * count(t.f) / (SELECT nullif(count(*), 0) FROM tx), 3) AS share_percent
FROM name n LEFT JOIN fate t ON t.f = n.f GROUP BY n.f ORDER BY n.f;
