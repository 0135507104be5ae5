-- Does each miner's share of the best chain match its share of the hash power?
-- gain is the one divided by the other: 1 is fair. Nodes without hash power or blocks are left out.
-- for: trace
WITH chain(total) AS (SELECT count(*) FROM block WHERE active AND miner IS NOT NULL),
won AS (SELECT miner, count(*) AS found, sum(active) AS kept FROM block
 WHERE miner IS NOT NULL GROUP BY miner)
SELECT n.name AS miner, round(n.share_ppb / 1e7, 6) AS power_percent,
 coalesce(w.found, 0) AS found, coalesce(w.kept, 0) AS kept,
 round(100.0 * coalesce(w.kept, 0) / nullif(total, 0), 6) AS revenue_percent,
 round((1.0 * coalesce(w.kept, 0) / nullif(total, 0)) / (nullif(n.share_ppb, 0) / 1e9), 6) AS gain
FROM node n JOIN chain LEFT JOIN won w ON w.miner = n.id
WHERE n.share_ppb > 0 OR w.found > 0 ORDER BY n.id;
