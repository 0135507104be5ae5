-- What did each type of message cost: how many, how many bytes, what share?
-- Bytes are those sent, whatever became of them; lost counts those that never came, without the
-- ones still under way at the end.
-- for: trace, level full
SELECT kind, count(*) AS messages, sum(bytes) AS bytes,
 round(100.0 * sum(bytes) / (SELECT sum(bytes) FROM message), 3) AS share_percent,
 round(sum(bytes) * 8e9 / (SELECT nullif(end_ns, 0) FROM run), 3) AS mean_bps,
 coalesce(sum(fate NOT IN ('delivered', 'in-flight')), 0) AS lost
FROM message GROUP BY kind ORDER BY bytes DESC, kind;
