// One order with its lines, whoever made it, if anybody is known.
// Parameters: key. Columns: transaction, as in profile/transactions; number of the customer, or null.
// Index: transaction_key, brand_id.
MATCH (t:Transaction {key: $key})
WHERE t.status <> 'unknown'
RETURN
  {
    key: t.key,
    sort: t.at.epochMillis,
    orderId: t.orderId,
    source: t.source,
    status: t.status,
    at: toString(t.at),
    channel: t.channel,
    terminal: t.terminal,
    currency: t.currency,
    totalMinor: t.totalMinor,
    refundedMinor: t.refundedMinor,
    refunds: t.refunds,
    points: t.points,
    brand: head(COLLECT { MATCH (b:Brand {id: t.brand}) RETURN [b.id, b.name] }),
    store: head([
      (t)-[:AT]->(s:Store) |
      [s.id, s.name, s.city, s.country, s.timezone, head([(s)-[:OF]->(of:Brand) | [of.id, of.name]])]
    ]),
    lines: COLLECT {
      MATCH (t)-[line:CONTAINS]->(p:Product)
      RETURN [line.position, p.id, coalesce(line.name, p.name), p.category, line.quantity, line.amountMinor]
      ORDER BY line.position
      LIMIT 500
    }
  } AS transaction,
  head([(t)<-[:MADE]-(:SourceRecord)-[:RESOLVED_TO]->(c:Customer) | c.number]) AS number
