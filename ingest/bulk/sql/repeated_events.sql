-- Places of events that were read before under the same key: the first counts, as in live intake.
CREATE TABLE repeated AS
SELECT seq FROM (SELECT seq, row_number() OVER (PARTITION BY key ORDER BY seq) AS time FROM happened) WHERE time > 1
