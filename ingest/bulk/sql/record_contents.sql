-- What every record says of itself, sealed.
SELECT rid, key, sealed FROM records
