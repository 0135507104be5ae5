-- How did each node end: tip, height, blocks found, reorganisations, links?
-- for: trace
SELECT n.name AS node, n.role, round(n.share_ppb / 1e7, 6) AS power_percent, n.height,
 substr(b.hash, 1, 12) AS tip, b.active AS on_best_chain, n.mined, n.reorgs, n.max_reorg,
 coalesce(e.links, 0) AS links
FROM node n LEFT JOIN block b ON b.id = n.tip
 LEFT JOIN (SELECT src, count(*) AS links FROM edge GROUP BY src) e ON e.src = n.id ORDER BY n.id;
