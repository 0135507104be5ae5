-- How many runs of a sweep ended how, and how long were they?
-- for: results
SELECT status, count(*) AS runs, count(DISTINCT point) AS points,
 round(avg(end_ns) / 1e9, 3) AS mean_end_s, sum(events) AS events
FROM run GROUP BY status ORDER BY runs DESC, status;
