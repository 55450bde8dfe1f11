// The profile of the benchmark's bare handler: one query by hand, without a schema.
// Parameters: number. Columns: customer. Index: customer_number.
MATCH (c:Customer {number: $number})
RETURN {
  number: c.number,
  tier: c.tier,
  joinedAt: toString(c.joinedAt),
  visits: c.visits,
  lastVisitAt: toString(c.lastVisitAt),
  preferredChannel: c.preferredChannel,
  points: c.points,
  stats: c.stats,
  sealed: c.sealed,
  transactions: COLLECT {
    MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction)
    MATCH (t)-[:AT]->(s:Store)-[:OF]->(b:Brand)
    WITH t, s, b
    ORDER BY t.at DESC
    LIMIT 15
    RETURN {
      at: toString(t.at),
      status: t.status,
      totalMinor: t.totalMinor,
      currency: t.currency,
      store: s.name,
      brand: b.name
    }
  }
} AS customer
