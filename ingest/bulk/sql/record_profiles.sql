-- What every record is compared by, sealed, by number.
SELECT rid, profile FROM records ORDER BY rid
