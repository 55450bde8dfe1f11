// A page of active customers by number: their points as they are stored, as their records say and as they are booked.
// Parameters: batch.after (a number, or empty), batch.size.
// Columns: customers [{number, points, stats, records [{key, component, stats, booked [[brand, points, entries]]}]}].
// Index: customer_number.
MATCH (c:Customer)
WHERE c.number > $batch.after AND c.status = 'active'
WITH c
ORDER BY c.number
LIMIT $batch.size
WITH {
  number: c.number,
  points: c.points,
  stats: c.stats,
  records: COLLECT {
    MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord)
    RETURN {
      key: r.key,
      component: r.component,
      stats: r.stats,
      booked: COLLECT {
        MATCH (r)-[:BOOKED]->(l:LedgerEntry)
        WITH l.brand AS brand, sum(l.points) AS points, count(l) AS entries
        RETURN [brand, points, entries]
      }
    }
  }
} AS customer
RETURN collect(customer) AS customers
