-- How many different tips there are, from one change to the next; k orders the moves of tips.
step(k, block) AS (
 SELECT 0, 0 UNION ALL SELECT 2 * seq, old_block FROM tip UNION ALL SELECT 2 * seq + 1, block FROM tip),
move AS (SELECT k, block, CASE k WHEN 0 THEN (SELECT count(*) FROM node) ELSE k % 2 * 2 - 1 END AS d
 FROM step),
standing AS (SELECT k, block, d,
 sum(d) OVER (PARTITION BY block ORDER BY k ROWS UNBOUNDED PRECEDING) AS nodes FROM move),
turn AS (SELECT k, coalesce((SELECT time_ns FROM tip WHERE seq = k / 2), 0) AS time_ns,
 (nodes > 0) - (nodes - d > 0) AS d FROM standing WHERE (nodes > 0) <> (nodes - d > 0)),
counted AS (SELECT k, time_ns, sum(d) OVER (ORDER BY k ROWS UNBOUNDED PRECEDING) AS tips FROM turn),
