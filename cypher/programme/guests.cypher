// A page of customers, by number, that came since a moment, with all their completed orders that were not given back whole.
// Parameters: after (a number, or empty), since (RFC 3339), size.
// Columns: number, orders [{key, at, timezone, brand, store, channel, currency, minor, points, items [[product, quantity,
// amountMinor]], source, payment, totalMinor, refundedMinor, taxMinor, tipMinor, serviceChargeMinor}].
// Index: customer_number.
MATCH (c:Customer)
WHERE c.number > $after AND c.status = 'active' AND c.lastVisitAt >= datetime($since)
WITH c
ORDER BY c.number
LIMIT $size
RETURN
  c.number AS number,
  COLLECT {
    MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction {status: 'completed'})
    OPTIONAL MATCH (t)-[:AT]->(s:Store)
    RETURN t {
      .key, .brand, .source, .channel, .payment, .currency, .totalMinor, .refundedMinor, .taxMinor, .tipMinor,
      .serviceChargeMinor, .points,
      at: toString(t.at),
      timezone: s.timezone,
      store: s.id,
      minor: t.totalMinor - t.refundedMinor,
      items: COLLECT { MATCH (t)-[line:CONTAINS]->(p:Product) RETURN [p.id, line.quantity, line.amountMinor] }
    }
  } AS orders
ORDER BY number
