-- How long did each block take to reach half, nine tenths and all of the nodes?
-- Nearest rank over all nodes of the network, the finder among them; NULL: so many never had it.
-- As propagation(p50) in a scenario and the view `propagation`.
-- for: trace, level consensus
WITH size(nodes) AS (SELECT count(*) FROM node),
place AS (SELECT block, body_ns, row_number() OVER (PARTITION BY block ORDER BY body_ns) AS k
 FROM arrival)
SELECT b.id AS block, b.height, substr(b.hash, 1, 12) AS hash, count(*) AS reached,
 round((max(CASE WHEN k = (nodes * 500 + 999) / 1000 THEN body_ns END) - b.found_ns) / 1e6, 6) AS p50_ms,
 round((max(CASE WHEN k = (nodes * 900 + 999) / 1000 THEN body_ns END) - b.found_ns) / 1e6, 6) AS p90_ms,
 round((max(CASE WHEN k = nodes THEN body_ns END) - b.found_ns) / 1e6, 6) AS all_ms
FROM place JOIN size JOIN block b ON b.id = place.block
GROUP BY b.id ORDER BY b.id;
