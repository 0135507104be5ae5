-- How many transactions waited in each node's mempool: over time, at most, at the end?
-- A transaction is in a node's mempool from its taking in or back to its dropping, a crash, or the
-- moment when a block with it joins the node's chain.
-- for: trace, level consensus
WITH RECURSIVE
-- include mempool-held.sql: size(node, time_ns, d, until_ns, held), a row a change of a mempool
whole AS MATERIALIZED (SELECT node, sum(held * (until_ns - time_ns)) AS area, max(held) AS most,
 sum(d) AS held FROM size GROUP BY node)
SELECT n.name AS node,
 round(coalesce(w.area, 0) / (SELECT nullif(end_ns, 0) + 0.0 FROM run), 6) AS mean_held,
 coalesce(w.most, 0) AS most_held, coalesce(w.held, 0) AS held_at_end
FROM node n LEFT JOIN whole w ON w.node = n.id ORDER BY n.id;
