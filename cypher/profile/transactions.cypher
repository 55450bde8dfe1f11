// Part: a page of the customer's transactions in order of time, of all or only of those that were visits.
// Expects: c. Parameters: part {only, visits, lines, descending, at, key, size}; at and key are the cursor's.
// Column: part. `only` picks one transaction by key; lines are left out unless asked for.
COLLECT {
  MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction)
  WHERE
    t.status <> 'unknown'
    AND (NOT $part.visits OR t.status IN ['completed', 'refunded'])
    AND ($part.only IS NULL OR t.key = $part.only)
  WITH t, t.at.epochMillis AS at
  WHERE
    $part.at IS NULL
    OR CASE
      WHEN $part.descending THEN at < $part.at OR (at = $part.at AND t.key < $part.key)
      ELSE at > $part.at OR (at = $part.at AND t.key > $part.key)
    END
  WITH t, at
  ORDER BY
    CASE WHEN $part.descending THEN -at ELSE at END,
    CASE WHEN $part.descending THEN null ELSE t.key END,
    CASE WHEN $part.descending THEN t.key END DESC
  LIMIT $part.size
  RETURN {
    key: t.key,
    sort: at,
    orderId: t.orderId,
    source: t.source,
    status: t.status,
    at: toString(t.at),
    channel: t.channel,
    terminal: t.terminal,
    currency: t.currency,
    totalMinor: t.totalMinor,
    taxMinor: t.taxMinor,
    tipMinor: t.tipMinor,
    serviceChargeMinor: t.serviceChargeMinor,
    discountMinor: t.discountMinor,
    payment: t.payment,
    covers: t.covers,
    table: t.table,
    refundedMinor: t.refundedMinor,
    refunds: t.refunds,
    points: t.points,
    brand: head(COLLECT { MATCH (b:Brand {id: t.brand}) RETURN [b.id, b.name] }),
    store: head([
      (t)-[:AT]->(s:Store) |
      [s.id, s.name, s.city, s.country, s.timezone, head([(s)-[:OF]->(of:Brand) | [of.id, of.name]])]
    ]),
    lines: CASE
      WHEN $part.lines THEN COLLECT {
        MATCH (t)-[line:CONTAINS]->(p:Product)
        RETURN [line.position, p.id, coalesce(line.name, p.name), p.category, line.quantity, line.amountMinor]
        ORDER BY line.position
        LIMIT 500
      }
      ELSE []
    END
  }
} AS part
