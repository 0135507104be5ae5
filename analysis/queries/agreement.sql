-- When did all nodes stand on one tip, and when on how many?
-- One row a spell in which the number of different tips did not change.
-- for: trace, level consensus
WITH step(k, block) AS (
 SELECT 0, 0 UNION ALL SELECT 2 * seq, old_block FROM tip UNION ALL SELECT 2 * seq + 1, block FROM tip),
move AS (SELECT k, block, CASE k WHEN 0 THEN (SELECT count(*) FROM node) ELSE k % 2 * 2 - 1 END AS d
 FROM step),
standing AS (SELECT k, block, d,
 sum(d) OVER (PARTITION BY block ORDER BY k ROWS UNBOUNDED PRECEDING) AS nodes FROM move),
turn AS (SELECT k, coalesce((SELECT time_ns FROM tip WHERE seq = k / 2), 0) AS time_ns,
 (nodes > 0) - (nodes - d > 0) AS d FROM standing WHERE (nodes > 0) <> (nodes - d > 0)),
counted AS (SELECT k, time_ns, sum(d) OVER (ORDER BY k ROWS UNBOUNDED PRECEDING) AS tips FROM turn),
instant AS (SELECT time_ns, tips FROM
 (SELECT time_ns, tips, lead(time_ns) OVER (ORDER BY k) AS next_ns FROM counted)
 WHERE next_ns IS NOT time_ns),
spell AS (SELECT time_ns, tips FROM
 (SELECT time_ns, tips, lag(tips) OVER (ORDER BY time_ns) AS before FROM instant)
 WHERE before IS NOT tips)
SELECT round(time_ns / 1e9, 6) AS from_s,
 round((coalesce(lead(time_ns) OVER (ORDER BY time_ns), (SELECT end_ns FROM run)) - time_ns) / 1e9, 6)
  AS lasted_s, tips
FROM spell ORDER BY time_ns;
