// Cross-brand movement: how often a guest's next visit was to another brand. Over the 5,000 guests who spent most.
// Parameters: none. Columns: from, to, moves, guests, medianDays. Index: customer_spend, brand_id.
MATCH (c:Customer)
WHERE c.spendMinor > 0 AND size(c.brands) >= 2
WITH c
ORDER BY c.spendMinor DESC
LIMIT 5000
CALL (c) {
  MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction)
  WHERE t.status IN ['completed', 'refunded']
  WITH t
  ORDER BY t.at
  RETURN collect(t) AS visits
}
UNWIND range(0, size(visits) - 2) AS place
WITH c, visits[place] AS left, visits[place + 1] AS right
WHERE left.brand <> right.brand
WITH
  left.brand AS from,
  right.brand AS to,
  count(*) AS moves,
  count(DISTINCT c) AS guests,
  percentileDisc(duration.inDays(left.at, right.at).days, 0.5) AS medianDays
ORDER BY moves DESC
LIMIT 25
MATCH (a:Brand {id: from})
MATCH (b:Brand {id: to})
RETURN a.name AS from, b.name AS to, moves, guests, medianDays
ORDER BY moves DESC
