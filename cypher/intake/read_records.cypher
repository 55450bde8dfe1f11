// The state of source records, by key or by component, with their identifiers and customer.
// Parameters: records [text], components [text]. Columns: the record's, identifiers, customer.
// Index: source_record_key, source_record_component.
CALL {
  UNWIND $components AS id
  MATCH (r:SourceRecord {component: id})
  RETURN r
  UNION
  UNWIND $records AS key
  MATCH (r:SourceRecord {key: key})
  RETURN r
}
RETURN
  r.key AS key,
  r.source AS source,
  r.kind AS kind,
  r.sealed AS sealed,
  r.signatures AS signatures,
  toString(r.firstSeen) AS first,
  toString(r.lastSeen) AS last,
  r.stats AS stats,
  r.consents AS consents,
  r.component AS component,
  [(r)-[h:HAS_IDENTIFIER]->(i) | [i.key, i.type, i.shared, i.blocked, toString(h.firstSeen), toString(h.lastSeen)]]
    AS identifiers,
  head([(r)-[:RESOLVED_TO]->(c) | [c.number, toString(c.createdAt), c.stats]]) AS customer
