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
    RETURN i {.key, .type, .display, .shared, people: CASE
        WHEN i.shared THEN COUNT {
          MATCH (i)<-[:HAS_IDENTIFIER]-(:SourceRecord)-[:RESOLVED_TO]->(user:Customer)
          WHERE user.nameKey IS NOT NULL
          WITH user
          LIMIT 10000
          RETURN DISTINCT user
        }
      END, carriers: count { (i)<-[:HAS_IDENTIFIER]-() }}
  } AS identifiers
