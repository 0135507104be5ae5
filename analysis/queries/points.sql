-- What came of each measure at each point of a sweep, with its 95 % interval?
-- for: results
SELECT s.*, m.unit FROM summary s JOIN measure m ON m.name = s.measure;
