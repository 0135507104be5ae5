-- What did nodes refuse, and why?
-- for: trace, level consensus
SELECT verdict, CASE WHEN is_tx THEN 'transaction' ELSE 'block' END AS what, count(*) AS times,
 count(DISTINCT node) AS nodes, count(DISTINCT hash) AS different,
 round(min(time_ns) / 1e9, 3) AS first_s, round(max(time_ns) / 1e9, 3) AS last_s
FROM verdict GROUP BY verdict, is_tx ORDER BY times DESC, verdict;
