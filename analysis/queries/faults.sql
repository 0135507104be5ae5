-- Which faults and interventions were there, in order?
-- begins is 1 where something stayed in force, until_s when the last of it ended (NULL: it did not),
-- nodes how many nodes it was done to.
-- for: trace
WITH touched AS MATERIALIZED (SELECT fault, count(*) AS nodes FROM fault_node GROUP BY fault)
SELECT f.seq, round(f.time_ns / 1e9, 6) AS time_s, f.kind, f.begins,
 round(e.time_ns / 1e9, 6) AS until_s, coalesce(t.nodes, 0) AS nodes, f.text
FROM fault f LEFT JOIN fault e ON e.seq = f.ends_seq LEFT JOIN touched t ON t.fault = f.seq
ORDER BY f.seq;
