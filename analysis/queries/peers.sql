-- From how many different peers did nodes hear, in each tenth of the run?
-- Peers of which a message came; connections that were silent do not show.
-- for: trace, level full
WITH RECURSIVE slice(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM slice WHERE i < 9),
heard AS (SELECT DISTINCT min(9, due_ns * 10 / max(1, (SELECT end_ns FROM run))) AS i, dst, src
 FROM message WHERE fate = 'delivered'),
per AS (SELECT i, dst, count(*) AS peers FROM heard GROUP BY i, dst)
SELECT round((SELECT end_ns FROM run) / 1e10 * s.i, 3) AS from_s,
 count(p.dst) AS nodes_heard, min(p.peers) AS least,
 round(1.0 * coalesce(sum(p.peers), 0) / (SELECT count(*) FROM node), 3) AS mean, max(p.peers) AS most
FROM slice s LEFT JOIN per p ON p.i = s.i GROUP BY s.i ORDER BY s.i;
