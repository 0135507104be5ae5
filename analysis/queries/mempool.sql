-- What became of each transaction in the mempools: when first in one, how far, how often back?
-- half_ms is from the first node's acceptance to that of half of all nodes; returned counts nodes
-- that took it back from a branch that lost, dropped those that threw it out.
-- for: trace, level consensus
WITH size(nodes) AS (SELECT count(*) FROM node),
first AS (SELECT tx, node, min(time_ns) AS time_ns FROM tx_event WHERE event = 'accepted'
 GROUP BY tx, node),
place AS (SELECT tx, time_ns, row_number() OVER (PARTITION BY tx ORDER BY time_ns) AS k FROM first),
spread AS (SELECT tx, count(*) AS reached, min(time_ns) AS first_ns,
 max(CASE WHEN k = (nodes * 500 + 999) / 1000 THEN time_ns END) AS half_ns, max(time_ns) AS last_ns
 FROM place, size GROUP BY tx)
SELECT t.id AS tx, t.name, substr(t.hash, 1, 12) AS hash, coalesce(s.reached, 0) AS reached,
 round(s.first_ns / 1e9, 6) AS first_s, round((s.half_ns - s.first_ns) / 1e6, 6) AS half_ms,
 round((s.last_ns - s.first_ns) / 1e6, 6) AS last_ms,
 (SELECT count(*) FROM tx_event e WHERE e.tx = t.id AND e.event = 'returned') AS returned,
 (SELECT count(*) FROM tx_event e WHERE e.tx = t.id AND e.event = 'dropped') AS dropped
FROM tx t LEFT JOIN spread s ON s.tx = t.id ORDER BY t.id;
