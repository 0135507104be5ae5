-- Which faults and interventions were there, in order?
-- for: trace
SELECT seq, round(time_ns / 1e9, 6) AS time_s, text FROM fault ORDER BY seq;
