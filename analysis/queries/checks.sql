-- What did the scenario check and measure, and what came of it?
-- for: trace
SELECT 'check' AS what, line, text, verdict, round(time_ns / 1e9, 6) AS time_s, detail FROM "check"
UNION ALL
SELECT 'measure', NULL, name, text, NULL, NULL FROM measure;
