-- How many messages and bytes did each node send and get?
-- for: trace, level full
WITH flow AS (
 SELECT src AS node, count(*) AS sent, sum(bytes) AS sent_bytes, 0 AS got, 0 AS got_bytes
 FROM message GROUP BY src
 UNION ALL
 SELECT dst, 0, 0, count(*), sum(bytes) FROM message WHERE fate = 'delivered' GROUP BY dst)
SELECT n.name AS node, coalesce(sum(f.sent), 0) AS sent, coalesce(sum(f.sent_bytes), 0) AS sent_bytes,
 coalesce(sum(f.got), 0) AS got, coalesce(sum(f.got_bytes), 0) AS got_bytes,
 round(coalesce(sum(f.sent_bytes), 0) * 8e9 / (SELECT nullif(end_ns, 0) FROM run), 3) AS mean_up_bps
FROM node n LEFT JOIN flow f ON f.node = n.id GROUP BY n.id ORDER BY n.id;
