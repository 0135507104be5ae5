-- What did each type of message cost: how many, how many bytes, what share?
-- Bytes are those sent, whatever became of them; lost counts those that never came, without the
-- ones still under way at the end. tally() groups without sorting: see docs/trace-schema.md.
-- for: trace, level full
WITH cell AS MATERIALIZED (SELECT value ->> 0 AS kind, value ->> 1 AS fate, value ->> 2 AS n,
 value ->> 3 AS bytes FROM json_each((SELECT tally(bytes, kind, fate) FROM message)))
SELECT kind, sum(n) AS messages, sum(bytes) AS bytes,
 round(100.0 * sum(bytes) / (SELECT sum(bytes) FROM cell), 3) AS share_percent,
 round(sum(bytes) * 8e9 / (SELECT nullif(end_ns, 0) FROM run), 3) AS mean_bps,
 coalesce(sum(n) FILTER (WHERE fate NOT IN ('delivered', 'in-flight')), 0) AS lost
FROM cell GROUP BY kind ORDER BY bytes DESC, kind;
