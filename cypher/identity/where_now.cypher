// The components of records and identifiers, after the locks were taken.
// Parameters: batch.records [text], batch.identifiers [text]. Columns: stands [{key, component}].
// Index: source_record_key, identifier_key.
CALL () {
  UNWIND $batch.records AS key
  MATCH (r:SourceRecord {key: key})
  RETURN key, r.component AS component
  UNION ALL
  UNWIND $batch.identifiers AS key
  MATCH (i:Identifier {key: key})
  WHERE NOT i.shared AND NOT i.blocked
  RETURN
    key,
    head(COLLECT { MATCH (i)<-[:HAS_IDENTIFIER]-(r) WHERE r.component IS NOT NULL RETURN r.component LIMIT 1 }) AS component
}
WITH key, component
WHERE component IS NOT NULL
RETURN collect({key: key, component: component}) AS stands
