-- How many transactions wait in each node's mempool, from one change to the next.
-- climb: blocks that a reorganisation joins to a node's chain, from the tip down to the fork.
climb(node, time_ns, block, parent, floor) AS (
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
