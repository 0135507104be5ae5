-- How many transactions waited in mempools, in each tenth of the run?
-- mean_held is over nodes and time, most_held the most that one node had at once.
-- A transaction is in a node's mempool from its taking in or back to its dropping, a crash, or the
-- moment when a block with it joins the node's chain.
-- for: trace, level consensus
WITH RECURSIVE climb(node, time_ns, block, parent, floor) AS (
 SELECT t.node, t.time_ns, t.block, b.parent, o.height - t.reorg_depth FROM tip t
 JOIN block b ON b.id = t.block JOIN block o ON o.id = t.old_block
 WHERE b.parent IS NOT t.old_block AND b.height > o.height - t.reorg_depth
 UNION ALL SELECT c.node, c.time_ns, b.id, b.parent, c.floor FROM climb c
 JOIN block b ON b.id = c.parent WHERE b.height > c.floor),
joined AS (SELECT node, time_ns, block FROM climb
 UNION ALL SELECT t.node, t.time_ns, t.block FROM tip t JOIN block b ON b.id = t.block
 WHERE b.parent = t.old_block AND b.tx_count > 0),
event AS (SELECT tx, node, time_ns, event <> 'accepted' AS place,
  event IN ('accepted', 'returned') AS held FROM tx_event
 UNION ALL SELECT x.tx, j.node, j.time_ns, 0.5, 0 FROM joined j JOIN block_tx x ON x.block = j.block),
change AS (SELECT node, time_ns, held - coalesce(lag(held) OVER
  (PARTITION BY tx, node ORDER BY time_ns, place), 0) AS d FROM event),
size AS (SELECT time_ns,
 lead(time_ns, 1, (SELECT end_ns FROM run)) OVER (PARTITION BY node ORDER BY time_ns) AS until_ns,
 sum(d) OVER (PARTITION BY node ORDER BY time_ns RANGE UNBOUNDED PRECEDING) AS held
 FROM change WHERE d <> 0),
slice(i, low, high) AS (SELECT 0, 0, end_ns / 10.0 FROM run
 UNION ALL SELECT i + 1, end_ns / 10.0 * (i + 1), end_ns / 10.0 * (i + 2) FROM slice, run WHERE i < 9),
part AS MATERIALIZED (SELECT s.i, sum(z.held * (min(z.until_ns, s.high) - max(z.time_ns, s.low))) AS area,
 max(z.held) AS most FROM size z CROSS JOIN slice s ON z.time_ns < s.high AND z.until_ns > s.low
 GROUP BY s.i)
SELECT round(s.low / 1e9, 3) AS from_s, round(coalesce(p.area, 0) / nullif(s.high - s.low, 0)
  / (SELECT count(*) FROM node), 6) AS mean_held, coalesce(p.most, 0) AS most_held
FROM slice s LEFT JOIN part p ON p.i = s.i ORDER BY s.i;
