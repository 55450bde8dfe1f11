// A page of proposed grants that nobody has answered yet, the oldest first.
// Parameters: since (RFC 3339), after (the key behind which it begins at that moment), size.
// Columns: key, number (the customer's), brand, points, expires (empty: never), reason, actor, at. Index: points_command_pending.
MATCH (k:PointsCommand)
WHERE k.pending = true AND k.at >= datetime($since) AND (k.at > datetime($since) OR k.key > $after)
WITH k
ORDER BY k.pending, k.at, k.key
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
ORDER BY k.at, key
