// Part: the values of each visit that segment rules need.
// Expects: c. Column: part.
COLLECT {
  MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction)
  WHERE t.status IN ['completed', 'refunded']
  RETURN [t.at.epochMillis, t.brand, t.channel, t.currency, t.totalMinor - coalesce(t.refundedMinor, 0)]
} AS part
