-- Which runs of a sweep did not hold: how many of each kind at each point, and one seed of each?
-- for: results
SELECT point, status, count(*) AS runs, min(seed) AS a_seed FROM run WHERE status <> 'held'
GROUP BY point, status ORDER BY point, status;
