// Part: brand and moment (milliseconds) of every visit, in order of time.
// Expects: c. Column: part.
COLLECT {
  MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction)
  WHERE t.status IN ['completed', 'refunded']
  WITH t, t.at.epochMillis AS at
  ORDER BY at, t.key
  RETURN [t.brand, at]
} AS part
