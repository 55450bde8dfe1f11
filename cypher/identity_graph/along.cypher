// The records and identifiers of a path, for display.
// Parameters: batch.keys [text], batch.identifiers [text].
// Columns: records [{key, sealed, number}], identifiers [{key, type, display, shared, people, carriers}].
// Index: source_record_key, identifier_key.
RETURN
  COLLECT {
    UNWIND $batch.keys AS key
    MATCH (r:SourceRecord {key: key})
    RETURN r {.key, .sealed, number: head([(r)-[:RESOLVED_TO]->(c:Customer) | c.number])}
  } AS records,
  COLLECT {
    UNWIND $batch.identifiers AS key
    MATCH (i:Identifier {key: key})
    RETURN i {.key, .type, .display, .shared, .people, carriers: count { (i)<-[:HAS_IDENTIFIER]-() }}
  } AS identifiers
