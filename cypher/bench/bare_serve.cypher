// A customer with three source records and fifteen transactions, as a bare handler would read it by hand.
// Parameters: number. Columns: customer. Index: customer_number.
MATCH (c:Customer {number: $number})
RETURN {
  number: c.number,
  tier: c.tier,
  points: c.points,
  visits: c.visits,
  preferredChannel: c.preferredChannel,
  records: COLLECT {
    MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord)
    RETURN {
      source: r.source,
      kind: r.kind,
      identifiers: [(r)-[:HAS_IDENTIFIER]->(i:Identifier) | {type: i.type, display: i.display}]
    }
    LIMIT 3
  },
  transactions: COLLECT {
    MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction)
    WITH t
    ORDER BY t.at DESC
    LIMIT 15
    RETURN {
      at: toString(t.at),
      status: t.status,
      totalMinor: t.totalMinor,
      currency: t.currency,
      store: head([(t)-[:AT]->(s:Store) | {name: s.name, brand: head([(s)-[:OF]->(b:Brand) | b.name])}])
    }
  }
} AS customer
