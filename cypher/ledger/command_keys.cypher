// A page of the keys of commands about points.
// Parameters: after (a key, or empty), size. Columns: keys. Index: points_command_key.
MATCH (k:PointsCommand)
WHERE k.key > $after
WITH k.key AS key
ORDER BY key
LIMIT $size
RETURN collect(key) AS keys
