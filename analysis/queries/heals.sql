-- How long after each end of a fault did all nodes stand on one tip again?
-- agree_ms is 0 where they stood on one tip already, NULL where they never did.
-- A row is an action, or a time that was over, with which the last of a fault ended; nodes that
-- come back by churn are left out.
-- for: trace, level consensus
WITH
-- include tip-counts.sql: counted(k, time_ns, tips), a row a change of how many tips there are
instant AS MATERIALIZED (SELECT time_ns, tips FROM
 (SELECT time_ns, tips, lead(time_ns) OVER (ORDER BY k) AS next_ns FROM counted)
 WHERE next_ns IS NOT time_ns),
ending AS (SELECT seq, time_ns, text FROM fault
 WHERE seq IN (SELECT ends_seq FROM fault WHERE kind <> 'churn-leave'))
SELECT round(e.time_ns / 1e9, 3) AS time_s, e.text AS what,
 (SELECT i.tips FROM instant i WHERE i.time_ns <= e.time_ns ORDER BY i.time_ns DESC LIMIT 1) AS tips,
 CASE WHEN (SELECT i.tips FROM instant i WHERE i.time_ns <= e.time_ns
   ORDER BY i.time_ns DESC LIMIT 1) = 1 THEN 0.0
  ELSE round(((SELECT min(i.time_ns) FROM instant i WHERE i.time_ns > e.time_ns AND i.tips = 1)
   - e.time_ns) / 1e6, 6) END AS agree_ms
FROM ending e ORDER BY e.seq;
