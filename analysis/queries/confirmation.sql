-- How long until a block had 1, 2, 3, 6 or 12 blocks at the best node, over the best chain?
-- Confirmation of a block, and so of what is in it: from its finding until some node's tip stood
-- k - 1 blocks above it or higher. From when transactions came in: tx-confirmation.
-- for: trace, level consensus
WITH wanted(k) AS (VALUES (1), (2), (3), (6), (12)),
stood AS (SELECT t.block, min(t.time_ns) AS time_ns FROM tip t GROUP BY t.block),
-- A tip that moves by several blocks at once reaches the heights between, too.
reached AS (SELECT b.height, min(s.time_ns) OVER (ORDER BY b.height DESC) AS time_ns FROM block b
 LEFT JOIN stood s ON s.block = b.id WHERE b.active),
span AS (SELECT w.k, r.time_ns - b.found_ns AS d FROM block b JOIN wanted w
 JOIN reached r ON r.height = b.height + w.k - 1 WHERE b.active AND b.parent IS NOT NULL AND r.time_ns IS NOT NULL),
ranked AS (SELECT k, d, row_number() OVER (PARTITION BY k ORDER BY d) AS place,
 count(*) OVER (PARTITION BY k) AS n FROM span)
SELECT k AS confirmations, n AS blocks, round(avg(d) / 1e9, 3) AS mean_s,
 round(max(CASE WHEN place = (n * 50 + 99) / 100 THEN d END) / 1e9, 3) AS p50_s,
 round(max(CASE WHEN place = (n * 90 + 99) / 100 THEN d END) / 1e9, 3) AS p90_s,
 round(max(d) / 1e9, 3) AS max_s
FROM ranked GROUP BY k ORDER BY k;
