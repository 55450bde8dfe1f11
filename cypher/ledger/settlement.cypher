// Points that were used in a period and did not come back in it: which brand gave them, and where they were used.
// Parameters: after, until (RFC 3339). Columns: gave, used (a brand, or null), points. Index: points_command_at.
MATCH (k:PointsCommand)
WHERE datetime($after) <= k.at < datetime($until)
MATCH (k)<-[:FOR]-(l:LedgerEntry {account: 'redeemed'})
OPTIONAL MATCH (k)-[:OF]->(first:PointsCommand)
RETURN l.brand AS gave, coalesce(first.brand, k.brand) AS used, -sum(l.points) AS points
ORDER BY gave, used
