// Condition: the last visit to a brand lies in a span of time; false without a visit.
// Expects: c. Parameters: leaf {after, until, brand}; milliseconds, after excluded, until included.
any(last IN COLLECT {
  MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction {brand: $leaf.brand})
  WHERE t.status IN ['completed', 'refunded']
  RETURN max(t.at.epochMillis)
} WHERE coalesce(last > $leaf.after AND last <= $leaf.until, false))
