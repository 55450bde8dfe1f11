// Part: the entries of the customer's points ledger before a moment, the oldest first, for a statement.
// Expects: c. Parameters: part {until, size}; until is RFC 3339. Column: part.
// until: when the hold that an entry is about ends.
COLLECT {
  MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:BOOKED]->(l:LedgerEntry)
  WHERE l.at < datetime($part.until)
  WITH l
  ORDER BY l.at, l.key
  LIMIT $part.size
  RETURN {
    key: l.key,
    at: toString(l.at),
    points: l.points,
    kind: l.kind,
    reason: l.reason,
    account: l.account,
    brand: l.brand,
    expires: toString(l.expires),
    until: head([
      (l)-[:FOR]->(k:PointsCommand) | toString(coalesce(head([(k)-[:OF]->(first:PointsCommand) | first.until]), k.until))
    ])
  }
} AS part
