-- What came of each check over seeds or over the sweep?
-- for: results
SELECT verdict, line, text, detail FROM over_check ORDER BY id;
