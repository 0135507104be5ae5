-- From how many different peers did nodes hear, in each tenth of the run?
-- Peers of which a message came; connections that were silent do not show (see connections).
-- spread() counts different members of groups without sorting: see docs/trace-schema.md.
-- for: trace, level full
WITH RECURSIVE slice(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM slice WHERE i < 9),
per AS MATERIALIZED (SELECT (value ->> 0) % 16 AS i, value ->> 1 AS peers FROM json_each((
 SELECT spread(dst * 16 + (due_ns - (due_ns >= (SELECT end_ns FROM run)))
  / (SELECT max(1, (end_ns + 9) / 10) FROM run), src) FROM message WHERE fate = 'delivered')))
SELECT round((SELECT end_ns FROM run) / 1e10 * s.i, 3) AS from_s,
 count(p.i) AS nodes_heard, min(p.peers) AS least,
 round(1.0 * coalesce(sum(p.peers), 0) / (SELECT count(*) FROM node), 3) AS mean, max(p.peers) AS most
FROM slice s LEFT JOIN per p ON p.i = s.i GROUP BY s.i ORDER BY s.i;
