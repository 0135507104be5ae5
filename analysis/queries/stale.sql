-- Which share of the blocks that were found did not stay on the best chain?
-- One row for all miners, then one for each that found a block.
-- for: trace
WITH found AS (
 SELECT coalesce(n.name, '-') AS miner, b.miner AS id, b.active FROM block b
 LEFT JOIN node n ON n.id = b.miner WHERE b.parent IS NOT NULL)
SELECT miner, blocks, stale, rate FROM (
 SELECT 'all' AS miner, count(*) AS blocks, coalesce(sum(NOT active), 0) AS stale,
  round(avg(NOT active), 6) AS rate, -2 AS place FROM found
 UNION ALL
 SELECT min(miner), count(*), sum(NOT active), round(avg(NOT active), 6), coalesce(id, -1)
 FROM found GROUP BY id)
ORDER BY place;
