-- How far apart were the chains of any two nodes at a moment?
-- Common prefix (Garay, Kiayias, Leonardos 2015), as common_prefix(S, k) in a scenario: the depth of
-- two tips is the least k such that one chain less its last k blocks is a prefix of the other. One
-- row a depth above 0, the deepest first, with how many pairs of tips had it, from when to when, and
-- for how long the longest of them stood. Only tips that stood at the same time are compared.
-- for: trace, level consensus
WITH RECURSIVE step(k, block) AS (
 SELECT 0, 0 UNION ALL SELECT 2 * seq, old_block FROM tip UNION ALL SELECT 2 * seq + 1, block FROM tip),
move AS (SELECT k, block, CASE k WHEN 0 THEN (SELECT count(*) FROM node) ELSE k % 2 * 2 - 1 END AS d
 FROM step),
standing AS (SELECT k, block, d,
 sum(d) OVER (PARTITION BY block ORDER BY k ROWS UNBOUNDED PRECEDING) AS nodes FROM move),
changed AS (SELECT k, block, nodes > 0 AS begins,
 coalesce((SELECT time_ns FROM tip WHERE seq = k / 2), 0) AS time_ns
 FROM standing WHERE (nodes > 0) <> (nodes - d > 0)),
turn AS (SELECT block, time_ns, begins,
 lead(time_ns, 1, (SELECT end_ns FROM run)) OVER (PARTITION BY block ORDER BY k) AS until_ns
 FROM changed),
spell AS MATERIALIZED (SELECT block, time_ns, until_ns,
 row_number() OVER (ORDER BY time_ns, until_ns, block) AS r FROM turn WHERE begins AND until_ns > time_ns),
reach AS (SELECT r, sum(begins) OVER (ORDER BY time_ns, begins, r ROWS UNBOUNDED PRECEDING) AS last,
  begins FROM (SELECT r, time_ns, 1 AS begins FROM spell
   UNION ALL SELECT r, until_ns, 0 FROM spell)),
met(a, b, last) AS (SELECT r, r + 1, last FROM reach WHERE NOT begins AND last > r
 UNION ALL SELECT a, b + 1, last FROM met WHERE b < last),
climb(block, at) AS (SELECT id, parent FROM block WHERE NOT active
 UNION ALL SELECT c.block, b.parent FROM climb c JOIN block b ON b.id = c.at WHERE NOT b.active),
base AS MATERIALIZED (SELECT c.block, b.height FROM climb c JOIN block b ON b.id = c.at WHERE b.active),
pair AS MATERIALIZED (SELECT x.block AS x, y.block AS y, y.time_ns,
  min(x.until_ns, y.until_ns) AS until_ns FROM met m JOIN spell x ON x.r = m.a JOIN spell y ON y.r = m.b
 WHERE x.block <> y.block),
placed AS MATERIALIZED (SELECT p.x, p.y, p.time_ns, p.until_ns, min(bx.height, by.height) AS top,
  coalesce(ox.height, bx.height) AS low_x, coalesce(oy.height, by.height) AS low_y,
  NOT bx.active AND NOT by.active AND ox.height = oy.height AS near
 FROM pair p JOIN block bx ON bx.id = p.x JOIN block by ON by.id = p.y
 LEFT JOIN base ox ON ox.block = p.x LEFT JOIN base oy ON oy.block = p.y),
walk(x, y, u, v) AS (SELECT DISTINCT x, y, x, y FROM placed WHERE near
 UNION ALL SELECT w.x, w.y, CASE WHEN bu.height >= bv.height THEN bu.parent ELSE w.u END,
  CASE WHEN bv.height >= bu.height THEN bv.parent ELSE w.v END
 FROM walk w JOIN block bu ON bu.id = w.u JOIN block bv ON bv.id = w.v WHERE w.u <> w.v),
common AS MATERIALIZED (SELECT w.x, w.y, b.height FROM walk w JOIN block b ON b.id = w.u WHERE w.u = w.v),
deep AS (SELECT p.time_ns, p.until_ns, p.top - coalesce(c.height, min(p.low_x, p.low_y)) AS depth
 FROM placed p LEFT JOIN common c ON c.x = p.x AND c.y = p.y)
SELECT depth, count(*) AS pairs, round(min(time_ns) / 1e9, 3) AS from_s,
 round(max(until_ns) / 1e9, 3) AS to_s, round(max(until_ns - time_ns) / 1e9, 3) AS longest_s
FROM deep WHERE depth > 0 GROUP BY depth ORDER BY depth DESC;
