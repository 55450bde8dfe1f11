// Part: the customer's source records with their identifiers and the reason why they belong here, oldest first.
// Expects: c. Column: part.
COLLECT {
  MATCH (r:SourceRecord)-[resolved:RESOLVED_TO]->(c)
  WITH r, resolved
  ORDER BY r.firstSeen, r.key
  LIMIT 500
  RETURN {
    key: r.key,
    source: r.source,
    kind: r.kind,
    sealed: r.sealed,
    first: toString(r.firstSeen),
    last: toString(r.lastSeen),
    since: toString(resolved.since),
    rule: resolved.rule,
    via: resolved.via,
    identifiers: COLLECT {
      MATCH (r)-[has:HAS_IDENTIFIER]->(i:Identifier)
      RETURN {
        key: i.key,
        type: i.type,
        display: i.display,
        sealed: i.sealed,
        shared: i.shared,
        blocked: i.blocked,
        first: toString(has.firstSeen),
        last: toString(has.lastSeen)
      }
      ORDER BY i.type, i.key
      LIMIT 500
    }
  }
} AS part
