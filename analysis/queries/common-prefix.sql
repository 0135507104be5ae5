-- How many blocks must be left off before what a node had is part of what all have at the end?
-- Common prefix (Garay, Kiayias, Leonardos 2015): a row for each depth that a node's tip was taken
-- back by, with how often, by how many nodes, and the share of all moves of tips.
-- for: trace, level consensus
SELECT reorg_depth AS depth, count(*) AS moves, count(DISTINCT node) AS nodes,
 round(1.0 * count(*) / (SELECT count(*) FROM tip), 9) AS share,
 round(min(time_ns) / 1e9, 3) AS first_s, round(max(time_ns) / 1e9, 3) AS last_s
FROM tip GROUP BY reorg_depth ORDER BY reorg_depth;
