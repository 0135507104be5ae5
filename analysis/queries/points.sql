-- What came of each measure at each point of a sweep, with its 95 % interval?
-- for: results
SELECT * FROM summary;
