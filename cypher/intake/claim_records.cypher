// Makes source records where missing and reads what they say, before any component is locked.
// Parameters: keys [text], sorted; now (RFC 3339). Columns: key, component, first, last, sealed, signatures, kind, consents, identifiers.
// Index: source_record_key.
UNWIND $keys AS key
MERGE (r:SourceRecord {key: key})
  ON CREATE SET r.createdAt = datetime($now)
RETURN
  r.key AS key,
  r.component AS component,
  toString(r.firstSeen) AS first,
  toString(r.lastSeen) AS last,
  r.sealed AS sealed,
  r.signatures AS signatures,
  r.kind AS kind,
  r.consents AS consents,
  [(r)-[:HAS_IDENTIFIER]->(i) | i.key] AS identifiers
