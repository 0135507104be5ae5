-- When did which node leave a branch, how many blocks deep, and for what?
-- for: trace, level consensus
SELECT t.seq, round(t.time_ns / 1e9, 6) AS time_s, n.name AS node, t.reorg_depth AS depth,
 o.height AS old_height, substr(o.hash, 1, 12) AS old_tip, t.height, substr(b.hash, 1, 12) AS tip
FROM tip t JOIN node n ON n.id = t.node JOIN block b ON b.id = t.block
 JOIN block o ON o.id = t.old_block
WHERE t.reorg_depth > 0 ORDER BY t.seq;
