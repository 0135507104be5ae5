-- When did all nodes stand on one tip, and when on how many?
-- One row a spell in which the number of different tips did not change.
-- for: trace, level consensus
WITH
-- include tip-counts.sql: counted(k, time_ns, tips), a row a change of how many tips there are
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
