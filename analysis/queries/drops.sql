-- Which messages did not come, and why?
-- for: trace, level full
SELECT fate, kind, count(*) AS messages, sum(bytes) AS bytes,
 round(min(sent_ns) / 1e9, 3) AS first_s, round(max(sent_ns) / 1e9, 3) AS last_s
FROM message WHERE fate <> 'delivered' GROUP BY fate, kind ORDER BY fate, messages DESC, kind;
