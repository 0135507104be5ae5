-- How many messages and bytes did each node send and get?
-- tally() groups without sorting: see docs/trace-schema.md.
-- for: trace, level full
WITH whole AS MATERIALIZED (SELECT tally(bytes, src) AS sent,
 tally(bytes, dst) FILTER (WHERE fate = 'delivered') AS got FROM message),
sent AS MATERIALIZED (SELECT value ->> 0 AS node, value ->> 1 AS n, value ->> 2 AS bytes
 FROM json_each((SELECT sent FROM whole))),
got AS MATERIALIZED (SELECT value ->> 0 AS node, value ->> 1 AS n, value ->> 2 AS bytes
 FROM json_each((SELECT got FROM whole)))
SELECT n.name AS node, coalesce(s.n, 0) AS sent, coalesce(s.bytes, 0) AS sent_bytes,
 coalesce(g.n, 0) AS got, coalesce(g.bytes, 0) AS got_bytes,
 round(coalesce(s.bytes, 0) * 8e9 / (SELECT nullif(end_ns, 0) FROM run), 3) AS mean_up_bps
FROM node n LEFT JOIN sent s ON s.node = n.id LEFT JOIN got g ON g.node = n.id ORDER BY n.id;
