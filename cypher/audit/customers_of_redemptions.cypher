// The customers whose redemptions, or proposed grants, these are, for the entry that names them. Of points that went from one
// guest to another both are named.
// Parameters: keys [text], most. Columns: number. Index: points_command_key.
UNWIND $keys AS begun
UNWIND [begun, begun + ':to'] AS key
MATCH (:PointsCommand {key: key})<-[:COMMANDED]-(:SourceRecord)-[:RESOLVED_TO]->(c:Customer)
RETURN DISTINCT c.number AS number
ORDER BY number
LIMIT $most
