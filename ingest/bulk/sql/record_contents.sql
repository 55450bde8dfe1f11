-- What every record says of itself, sealed, by number.
SELECT rid, key, sealed FROM records ORDER BY rid
