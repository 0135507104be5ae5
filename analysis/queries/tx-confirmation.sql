-- How long from a transaction's first acceptance until it had 1, 2, 3, 6 or 12 confirmations?
-- From the first mempool that took it in to the finding of its block, and of the k - 1 blocks on top
-- of that, on the chain on which most nodes stand at the end. Others have no such time: tx-fates.
-- for: trace, level consensus
WITH RECURSIVE winning(block, parent, height, found_ns) AS (
 SELECT id, parent, height, found_ns FROM block WHERE id = (SELECT b.id FROM node n
  JOIN block b ON b.id = n.tip GROUP BY b.id ORDER BY count(*) DESC, b.work DESC, b.hash LIMIT 1)
 UNION ALL SELECT b.id, b.parent, b.height, b.found_ns FROM winning w JOIN block b ON b.id = w.parent),
wanted(k) AS (VALUES (1), (2), (3), (6), (12)),
first AS (SELECT tx, min(time_ns) AS time_ns FROM tx_event WHERE event = 'accepted' GROUP BY tx),
place AS MATERIALIZED (SELECT f.time_ns, w.height FROM winning w JOIN block_tx x ON x.block = w.block
 JOIN first f ON f.tx = x.tx),
level AS MATERIALIZED (SELECT height, found_ns FROM winning),
span AS (SELECT w.k, l.found_ns - p.time_ns AS d FROM place p JOIN wanted w
 JOIN level l ON l.height = p.height + w.k - 1),
ranked AS (SELECT k, d, row_number() OVER (PARTITION BY k ORDER BY d) AS place,
 count(*) OVER (PARTITION BY k) AS n FROM span)
SELECT k AS confirmations, n AS transactions, round(avg(d) / 1e9, 3) AS mean_s,
 round(max(CASE WHEN place = (n * 50 + 99) / 100 THEN d END) / 1e9, 3) AS p50_s,
 round(max(CASE WHEN place = (n * 90 + 99) / 100 THEN d END) / 1e9, 3) AS p90_s,
 round(max(d) / 1e9, 3) AS max_s
FROM ranked GROUP BY k ORDER BY k;
