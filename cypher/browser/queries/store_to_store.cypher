// The most frequent ways between stores of different brands. Over the 5,000 guests who spent most.
// Parameters: none. Columns: from, to, moves, guests. Index: customer_spend.
MATCH (c:Customer)
WHERE c.spendMinor > 0 AND size(c.brands) >= 2
WITH c
ORDER BY c.spendMinor DESC
LIMIT 5000
CALL (c) {
  MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction)-[:AT]->(s:Store)
  WHERE t.status IN ['completed', 'refunded']
  WITH t, s
  ORDER BY t.at
  RETURN collect([t.brand, s]) AS visits
}
UNWIND range(0, size(visits) - 2) AS place
WITH c, visits[place] AS left, visits[place + 1] AS right
WHERE left[0] <> right[0]
WITH left[1] AS from, right[1] AS to, count(*) AS moves, count(DISTINCT c) AS guests
ORDER BY moves DESC
LIMIT 25
RETURN from.name AS from, to.name AS to, moves, guests
