// The people around one shared identifier. They stay apart, however often they use it.
// Parameters: none. Columns: path. Index: identifier_shared.
MATCH (i:Identifier {shared: true})
WITH i
ORDER BY i.people
LIMIT 1
MATCH path = (i)<-[:HAS_IDENTIFIER]-(:SourceRecord)-[:RESOLVED_TO]->(:Customer)
RETURN path
LIMIT 60
