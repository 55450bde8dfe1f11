// Condition: visits since a moment, at one brand or all.
// Expects: c. Parameters: leaf {min, max, since, brand}; since in milliseconds.
any(total IN [
  COUNT {
    MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction)
    WHERE
      t.status IN ['completed', 'refunded']
      AND t.at.epochMillis >= $leaf.since
      AND ($leaf.brand IS NULL OR t.brand = $leaf.brand)
  }
] WHERE total >= $leaf.min AND total <= $leaf.max)
