// The state of source records, by key or by component, with their identifiers and customer.
// Parameters: batch.records [text], batch.components [text].
// Columns: states [the record's, identifiers, rulings [[decision, rule, side, override]], blocking_tokens, customer]: one
// row, since the driver pays for each. override [field, sealed value, actor, time, sealed reason]: what an agent said.
// Tokens are read of whole components only, where alone they matter.
// Index: source_record_key, source_record_component.
CALL () {
  UNWIND $batch.components AS id
  MATCH (r:SourceRecord {component: id})
  RETURN r
  UNION
  UNWIND $batch.records AS key
  MATCH (r:SourceRecord {key: key})
  RETURN r
}
RETURN collect({
  key: r.key,
  kind: r.kind,
  sealed: r.sealed,
  signatures: r.signatures,
  first: toString(r.firstSeen),
  last: toString(r.lastSeen),
  stats: r.stats,
  consents: r.consents,
  component: r.component,
  own_number: r.ownNumber,
  identifiers: [
    (r)-[h:HAS_IDENTIFIER]->(i) | [
      i.key,
      i.type,
      i.shared,
      i.blocked,
      toString(h.firstSeen),
      toString(h.lastSeen),
      i.blockedBy IS NOT NULL,
      i.unsharedBy IS NOT NULL
    ]
  ],
  rulings: [
    (r)<-[a:ABOUT]-(d:Decision {active: true}) | [
      d.id,
      a.rule,
      a.side,
      CASE WHEN d.field IS NOT NULL THEN [d.field, d.value, d.actor, toString(d.at), d.sealed] END
    ]
  ],
  blocking_tokens: CASE
    WHEN r.component IN $batch.components THEN [(r)-[:HAS_MATCH_KEY]->(m:MatchKey) | [m.key, m.hot]]
    ELSE []
  END,
  customer: head([(r)-[at:RESOLVED_TO]->(c) | [c.number, toString(c.createdAt), c.stats, at.rule, at.via]])
}) AS states
