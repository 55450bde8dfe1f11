// The customers that source records belong to, for the entry that names them.
// Parameters: records [text], most. Columns: number. Index: source_record_key.
UNWIND $records AS key
MATCH (:SourceRecord {key: key})-[:RESOLVED_TO]->(c:Customer)
RETURN DISTINCT c.number AS number
ORDER BY number
LIMIT $most
