-- How much of any stretch of the best chain can one miner have?
-- Chain quality (Garay, Kiayias, Leonardos 2015): for each miner, its least and greatest share of
-- 20 blocks in a row of the best chain; of the whole chain where that is shorter.
-- for: trace
WITH size(stretch) AS (SELECT min(20, count(*)) FROM block WHERE active AND parent IS NOT NULL),
won AS (SELECT n.id, n.name, n.share_ppb, row_number() OVER (PARTITION BY n.id ORDER BY b.height) AS k,
  b.miner IS n.id AS own
 FROM node n JOIN block b ON b.active AND b.parent IS NOT NULL
 WHERE n.id IN (SELECT miner FROM block WHERE miner IS NOT NULL)),
stretch AS (SELECT id, name, share_ppb, k,
 sum(own) OVER (PARTITION BY id ORDER BY k ROWS 19 PRECEDING) AS had FROM won)
SELECT s.name AS miner, round(s.share_ppb / 1e7, 6) AS power_percent, size.stretch AS blocks,
 round(100.0 * min(s.had) / size.stretch, 3) AS least_percent,
 round(100.0 * max(s.had) / size.stretch, 3) AS most_percent
FROM stretch s JOIN size WHERE s.k >= size.stretch GROUP BY s.id ORDER BY s.id;
