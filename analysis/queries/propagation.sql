-- How long do blocks take to reach other nodes, over all blocks and nodes?
-- Percentiles (nearest rank) of the time from finding a block to its body joining another node's
-- tree: one row a percentile. The node that found it does not count, nor do blocks nobody found.
-- for: trace, level consensus
WITH delay AS (
 SELECT a.body_ns - b.found_ns AS d FROM arrival a JOIN block b ON b.id = a.block
 WHERE b.miner IS NOT NULL AND a.node <> b.miner),
ranked AS (SELECT d, row_number() OVER (ORDER BY d) AS k, count(*) OVER () AS n FROM delay),
wanted(percentile) AS (VALUES (1), (5), (10), (25), (50), (75), (90), (95), (99), (100))
SELECT w.percentile, round(r.d / 1e6, 6) AS delay_ms, r.n AS arrivals
FROM wanted w JOIN ranked r ON r.k = max(1, (r.n * w.percentile + 99) / 100)
ORDER BY w.percentile;
