// A page of the keys of limits.
// Parameters: after (a key, or empty), size. Columns: keys. Index: limit_key.
MATCH (l:Limit)
WHERE l.key > $after
WITH l.key AS key
ORDER BY key
LIMIT $size
RETURN collect(key) AS keys
