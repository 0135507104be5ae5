-- What each node found, what of it the best chain has, and how that compares with its hash power.
chain(total) AS (SELECT count(*) FROM block WHERE active AND miner IS NOT NULL),
won AS (SELECT miner, count(*) AS found, sum(active) AS kept FROM block
 WHERE miner IS NOT NULL GROUP BY miner),
earned AS (SELECT n.id, n.name, n.strategy, n.share_ppb,
 round(n.share_ppb / 1e7, 6) AS power_percent, coalesce(w.found, 0) AS found,
 coalesce(w.kept, 0) AS kept,
 round(100.0 * coalesce(w.kept, 0) / nullif(total, 0), 6) AS revenue_percent,
 round((1.0 * coalesce(w.kept, 0) / nullif(total, 0)) / (nullif(n.share_ppb, 0) / 1e9), 6) AS gain
 FROM node n JOIN chain LEFT JOIN won w ON w.miner = n.id),
