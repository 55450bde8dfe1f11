// Proposed grants that nobody has answered yet, the oldest first.
// Parameters: size.
// Columns: key, number (the customer's), brand, points, expires (empty: never), reason, actor, at. Index: points_command_pending.
MATCH (k:PointsCommand)
WHERE k.pending = true AND k.at > datetime('1970-01-01T00:00:00Z')
WITH k
ORDER BY k.pending, k.at
LIMIT $size
MATCH (k)<-[:COMMANDED]-(:SourceRecord)-[:RESOLVED_TO]->(c:Customer)
RETURN
  k.key AS key,
  c.number AS number,
  k.brand AS brand,
  k.points AS points,
  k.expires AS expires,
  k.reason AS reason,
  k.actor AS actor,
  toString(k.at) AS at
ORDER BY at, key
