-- How fast did the best chain grow, in each tenth of the run?
-- for: trace
WITH RECURSIVE slice(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM slice WHERE i < 9),
span AS (SELECT i, end_ns / 10.0 * i AS low, end_ns / 10.0 * (i + 1) AS high FROM slice, run),
had AS (SELECT s.i, s.low, s.high, count(b.id) AS found,
 coalesce(sum(b.active), 0) AS kept FROM span s LEFT JOIN block b
 ON b.parent IS NOT NULL AND b.found_ns >= s.low AND (b.found_ns < s.high OR s.i = 9) GROUP BY s.i)
SELECT round(low / 1e9, 3) AS from_s, round(high / 1e9, 3) AS to_s, found, kept,
 round(kept * 3.6e12 / nullif(high - low, 0), 3) AS kept_per_hour,
 round((high - low) / 1e9 / nullif(kept, 0), 3) AS interval_s
FROM had ORDER BY i;
