-- How many transactions waited in mempools, in each tenth of the run?
-- mean_held is over nodes and time, most_held the most that one node had at once.
-- A transaction is in a node's mempool from its taking in or back to its dropping, a crash, or the
-- moment when a block with it joins the node's chain.
-- for: trace, level consensus
WITH RECURSIVE
-- include mempool-held.sql: size(node, time_ns, d, until_ns, held), a row a change of a mempool
slice(i, low, high) AS (SELECT 0, 0, end_ns / 10.0 FROM run
 UNION ALL SELECT i + 1, end_ns / 10.0 * (i + 1), end_ns / 10.0 * (i + 2) FROM slice, run WHERE i < 9),
part AS MATERIALIZED (SELECT s.i, sum(z.held * (min(z.until_ns, s.high) - max(z.time_ns, s.low))) AS area,
 max(z.held) AS most FROM size z CROSS JOIN slice s ON z.time_ns < s.high AND z.until_ns > s.low
 GROUP BY s.i)
SELECT round(s.low / 1e9, 3) AS from_s, round(coalesce(p.area, 0) / nullif(s.high - s.low, 0)
  / (SELECT count(*) FROM node), 6) AS mean_held, coalesce(p.most, 0) AS most_held
FROM slice s LEFT JOIN part p ON p.i = s.i ORDER BY s.i;
