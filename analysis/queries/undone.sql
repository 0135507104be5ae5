-- Which payments lost all their confirmations, when, at which node, and how many did they have?
-- A reorganisation at the node did it. Payments are those that the scenario declares.
-- for: trace, level consensus
SELECT round(u.time_ns / 1e9, 6) AS time_s, coalesce(x.name, substr(x.hash, 1, 12)) AS "transaction",
 n.name AS node, u.confirmations
FROM undone u JOIN node n ON n.id = u.node LEFT JOIN tx x ON x.id = u.tx ORDER BY u.seq;
