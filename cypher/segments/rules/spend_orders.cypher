// Condition: net spend of orders since a moment, at one brand or all.
// Expects: c. Parameters: leaf {min, max, currency, since, brand}; since in milliseconds.
any(total IN [
  reduce(sum = 0, minor IN COLLECT {
    MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction)
    WHERE
      t.status IN ['completed', 'refunded']
      AND t.currency = $leaf.currency
      AND t.at.epochMillis >= $leaf.since
      AND ($leaf.brand IS NULL OR t.brand = $leaf.brand)
    RETURN t.totalMinor - coalesce(t.refundedMinor, 0)
  } | sum + minor)
] WHERE total >= $leaf.min AND total <= $leaf.max)
