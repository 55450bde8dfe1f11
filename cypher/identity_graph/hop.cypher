// One step of a path: from records, over identifiers not followed before, to all records that carry them.
// Parameters: keys [text], followed [text], crowd (an identifier on more records is not followed), most.
// Columns: identifier, key, other. Index: source_record_key.
UNWIND $keys AS key
MATCH (r:SourceRecord {key: key})-[:HAS_IDENTIFIER]->(i:Identifier)
WHERE NOT i.blocked AND NOT i.key IN $followed AND count { (i)<-[:HAS_IDENTIFIER]-() } <= $crowd
WITH i, min(key) AS key
MATCH (i)<-[:HAS_IDENTIFIER]-(other:SourceRecord)
WHERE other.key <> key
RETURN i.key AS identifier, key, other.key AS other
ORDER BY i.shared, i.type, identifier, other
LIMIT $most
