-- At which heights was there more than one block, who found them, and which one stayed?
-- apart_ms is between the first and the last block found at that height; miners stand in order of
-- finding. active is the block on the best chain at the end, if any is.
-- for: trace
SELECT b.height, count(*) AS blocks, substr(max(CASE WHEN b.active THEN b.hash END), 1, 12) AS active,
 round(min(b.found_ns) / 1e9, 3) AS first_s,
 round((max(b.found_ns) - min(b.found_ns)) / 1e6, 3) AS apart_ms,
 group_concat(coalesce(n.name, '-'), ' ') AS miners
FROM (SELECT * FROM block ORDER BY height, found_ns, id) b LEFT JOIN node n ON n.id = b.miner
GROUP BY b.height HAVING count(*) > 1 ORDER BY b.height;
