// Creates missing source records and reads their content, before any component is locked.
// Parameters: batch.records [text], sorted; batch.now (RFC 3339). Columns: records [{key, component, first, …}].
// Index: source_record_key.
UNWIND $batch.records AS key
MERGE (r:SourceRecord {key: key})
  ON CREATE SET r.createdAt = datetime($batch.now)
RETURN collect({
  key: r.key,
  component: r.component,
  first: toString(r.firstSeen),
  last: toString(r.lastSeen),
  sealed: r.sealed,
  signatures: r.signatures,
  kind: r.kind,
  consents: r.consents,
  identifiers: [(r)-[:HAS_IDENTIFIER]->(i:Identifier) | i.key]
}) AS records
