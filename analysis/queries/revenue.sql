-- Does each miner's share of the best chain match its share of the hash power?
-- gain is the one divided by the other: 1 is fair. Nodes without hash power or blocks are left out.
-- for: trace
WITH
-- include earned.sql: earned(id, name, strategy, share_ppb, …, gain), a row a node
miner AS (SELECT * FROM earned WHERE share_ppb > 0 OR found > 0)
SELECT name AS miner, power_percent, found, kept, revenue_percent, gain FROM miner ORDER BY id;
