-- How many transactions waited in each node's mempool: over time, at most, at the end?
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
size AS (SELECT node, time_ns, d,
 lead(time_ns, 1, (SELECT end_ns FROM run)) OVER (PARTITION BY node ORDER BY time_ns) AS until_ns,
 sum(d) OVER (PARTITION BY node ORDER BY time_ns RANGE UNBOUNDED PRECEDING) AS held
 FROM change WHERE d <> 0),
whole AS MATERIALIZED (SELECT node, sum(held * (until_ns - time_ns)) AS area, max(held) AS most,
 sum(d) AS held FROM size GROUP BY node)
SELECT n.name AS node,
 round(coalesce(w.area, 0) / (SELECT nullif(end_ns, 0) + 0.0 FROM run), 6) AS mean_held,
 coalesce(w.most, 0) AS most_held, coalesce(w.held, 0) AS held_at_end
FROM node n LEFT JOIN whole w ON w.node = n.id ORDER BY n.id;
