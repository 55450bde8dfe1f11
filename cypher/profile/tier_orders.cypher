// Part: all orders of the customer that count for the tier: completed, and not given back whole.
// Expects: c. Column: part: [[key, at, currency, what was paid less refunds, points]].
COLLECT {
  MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction {status: 'completed'})
  RETURN [t.key, toString(t.at), t.currency, t.totalMinor - t.refundedMinor, t.points]
} AS part
