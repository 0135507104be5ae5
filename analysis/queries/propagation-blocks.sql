-- How long did each block take to reach half, nine tenths and all of the nodes?
-- Nearest rank over all nodes of the network, the finder among them; NULL: so many never had it.
-- As propagation(p50) in a scenario and the view `propagation`. tally() groups without sorting: see
-- docs/trace-schema.md.
-- for: trace, level consensus
WITH rank(half, most, every) AS MATERIALIZED (
 SELECT (count(*) * 500 + 999) / 1000, (count(*) * 900 + 999) / 1000, count(*) FROM node),
place AS (SELECT block, body_ns, row_number() OVER (PARTITION BY block ORDER BY body_ns) AS k
 FROM arrival),
picked AS MATERIALIZED (SELECT block, body_ns, k FROM place
 WHERE k IN (SELECT half FROM rank UNION SELECT most FROM rank UNION SELECT every FROM rank)),
spread AS MATERIALIZED (SELECT block, max(CASE WHEN k = half THEN body_ns END) AS half_ns,
 max(CASE WHEN k = most THEN body_ns END) AS most_ns,
 max(CASE WHEN k = every THEN body_ns END) AS all_ns FROM picked JOIN rank GROUP BY block),
seen AS MATERIALIZED (SELECT value ->> 0 AS block, value ->> 1 AS reached
 FROM json_each((SELECT tally(0, block) FROM arrival)))
SELECT b.id AS block, b.height, substr(b.hash, 1, 12) AS hash, n.reached,
 round((s.half_ns - b.found_ns) / 1e6, 6) AS p50_ms,
 round((s.most_ns - b.found_ns) / 1e6, 6) AS p90_ms,
 round((s.all_ns - b.found_ns) / 1e6, 6) AS all_ms
FROM seen n JOIN block b ON b.id = n.block LEFT JOIN spread s ON s.block = b.id ORDER BY b.id;
