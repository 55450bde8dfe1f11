// The orders of some customers and the visits that their read models count, to compare with the acknowledged orders.
// Parameters: numbers. Columns: number, visits, orders. Index: customer_number.
MATCH (c:Customer)
WHERE c.number IN $numbers
RETURN
  c.number AS number,
  c.visits AS visits,
  [(c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(t:Transaction) | t.orderId] AS orders
