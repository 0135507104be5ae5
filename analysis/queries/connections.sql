-- How many connections were made and lost in each tenth of the run, and how many stood then?
-- standing and per_node are at the end of the tenth; a connection counts at both its ends.
-- for: trace, level consensus
WITH RECURSIVE slice(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM slice WHERE i < 9),
moved AS (SELECT min(9, time_ns * 10 / max(1, (SELECT end_ns FROM run))) AS i, sum(open) AS made,
 sum(NOT open) AS lost FROM connection GROUP BY 1),
told AS (SELECT s.i, coalesce(m.made, 0) AS made, coalesce(m.lost, 0) AS lost
 FROM slice s LEFT JOIN moved m ON m.i = s.i)
SELECT round((SELECT end_ns FROM run) / 1e10 * i, 3) AS from_s, made, lost,
 sum(made - lost) OVER (ORDER BY i ROWS UNBOUNDED PRECEDING) AS standing,
 round(2.0 * sum(made - lost) OVER (ORDER BY i ROWS UNBOUNDED PRECEDING)
  / (SELECT count(*) FROM node), 3) AS per_node
FROM told ORDER BY i;
