-- What was run, and the figures of the whole run in one row.
-- One stale block is one that is not on the chain of the best tip at the end; genesis counts
-- nowhere.
-- for: trace
SELECT r.scenario, r.seed, r.status, r.level, round(r.end_ns / 1e9, 3) AS end_s, r.events,
 (SELECT count(*) FROM node) AS nodes,
 (SELECT count(*) FROM block WHERE parent IS NOT NULL) AS blocks,
 (SELECT count(*) FROM block WHERE parent IS NOT NULL AND NOT active) AS stale,
 (SELECT max(height) FROM block WHERE active) AS height,
 (SELECT coalesce(sum(reorgs), 0) FROM node) AS reorgs,
 (SELECT max(max_reorg) FROM node) AS deepest_reorg,
 (SELECT count(DISTINCT tip) FROM node) AS tips_at_end
FROM run r;
