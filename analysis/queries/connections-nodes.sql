-- How many connections did each node make and lose, and how many had it?
-- for: trace, level consensus
WITH event AS (SELECT c.time_ns, e.src AS node, c.open FROM connection c JOIN edge e ON e.id = c.edge
 UNION ALL SELECT c.time_ns, e.dst, c.open FROM connection c JOIN edge e ON e.id = c.edge),
step AS (SELECT node, time_ns, sum(open) AS made, sum(NOT open) AS lost FROM event
 GROUP BY node, time_ns),
stood AS (SELECT node, time_ns, made, lost,
 lead(time_ns, 1, (SELECT end_ns FROM run)) OVER (PARTITION BY node ORDER BY time_ns) AS until_ns,
 sum(made - lost) OVER (PARTITION BY node ORDER BY time_ns ROWS UNBOUNDED PRECEDING) AS peers FROM step)
SELECT n.name AS node, coalesce(sum(s.made), 0) AS made, coalesce(sum(s.lost), 0) AS lost,
 round(coalesce(sum(s.peers * (s.until_ns - s.time_ns)), 0)
  / (SELECT nullif(end_ns, 0) + 0.0 FROM run), 6) AS mean_peers, coalesce(max(s.peers), 0) AS most_peers,
 coalesce(sum(s.made - s.lost), 0) AS peers_at_end
FROM node n LEFT JOIN stood s ON s.node = n.id GROUP BY n.id ORDER BY n.id;
