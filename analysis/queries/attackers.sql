-- What did nodes with a strategy withhold, what became of it, and what did they earn?
-- Nodes that have a strategy at the start, and those of whose blocks one was withheld. Each block
-- withheld was released later, was given up, or is still held at the end of the run. stale counts
-- all blocks off the best chain. revenue_percent and gain are those of the query revenue.
-- for: trace, level consensus
WITH
-- include earned.sql: earned(id, name, strategy, share_ppb, …, gain), a row a node
last AS (SELECT node, event FROM strategy WHERE seq IN (SELECT max(seq) FROM strategy GROUP BY block)),
fate AS (SELECT node, count(*) AS withheld, sum(event = 'released') AS released,
 sum(event = 'given-up') AS given_up, sum(event = 'withheld') AS still_held FROM last GROUP BY node)
SELECT e.name AS node, e.strategy, e.power_percent, e.found, coalesce(f.withheld, 0) AS withheld,
 coalesce(f.released, 0) AS released, coalesce(f.given_up, 0) AS given_up,
 coalesce(f.still_held, 0) AS still_held, e.found - e.kept AS stale, e.revenue_percent, e.gain
FROM earned e LEFT JOIN fate f ON f.node = e.id
WHERE e.strategy IS NOT NULL OR f.node IS NOT NULL ORDER BY e.id;
