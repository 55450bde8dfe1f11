// Part: a page of the customer's points ledger in order of time.
// Expects: c. Parameters: part {descending, at, key, size}; at and key are the cursor's. Column: part.
// transaction: null where the entry is for no transaction.
COLLECT {
  MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:BOOKED]->(l:LedgerEntry)
  WITH l, l.at.epochMillis AS at
  WHERE
    $part.at IS NULL
    OR CASE
      WHEN $part.descending THEN at < $part.at OR (at = $part.at AND l.key < $part.key)
      ELSE at > $part.at OR (at = $part.at AND l.key > $part.key)
    END
  WITH l, at
  ORDER BY
    CASE WHEN $part.descending THEN -at ELSE at END,
    CASE WHEN $part.descending THEN null ELSE l.key END,
    CASE WHEN $part.descending THEN l.key END DESC
  LIMIT $part.size
  RETURN {
    key: l.key,
    sort: at,
    points: l.points,
    kind: l.kind,
    at: toString(l.at),
    reason: l.reason,
    account: l.account,
    rule: l.rule,
    version: l.version,
    expires: toString(l.expires),
    transaction: head([(l)-[:FOR]->(t:Transaction) | t.key]),
    redemption: head([(l)-[:FOR]->(k:PointsCommand) | coalesce(head([(k)-[:OF]->(first:PointsCommand) | first.key]), k.key)]),
    actors: coalesce(head([
      (l)-[:FOR]->(k:PointsCommand) | [(k)-[:OF]->(first:PointsCommand) | first.actor] + k.actor
    ]), []),
    brand: head(COLLECT { MATCH (b:Brand {id: l.brand}) RETURN [b.id, b.name] })
  }
} AS part
