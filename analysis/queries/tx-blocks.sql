-- How many transactions are in each block?
-- The reward is none. kettensim show --follow BLOCK lists them.
-- for: trace
SELECT b.id AS block, b.height, substr(b.hash, 1, 12) AS hash, n.name AS miner, b.active,
 count(x.tx) AS transactions
FROM block b LEFT JOIN node n ON n.id = b.miner LEFT JOIN block_tx x ON x.block = b.id
WHERE b.parent IS NOT NULL GROUP BY b.id ORDER BY b.id;
