// Customers with their points as they are stored, as their records say and as they are booked.
// Parameters: batch.numbers [text].
// Columns: customers [{number, points, stats, records [{key, component, stats, booked}]}]; booked [[brand, last day,
// account, points, entries]].
// Index: customer_number. Points of an entry that are no whole number count as none.
MATCH (c:Customer)
WHERE c.number IN $batch.numbers AND c.status = 'active'
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
        WITH
          l.brand AS brand,
          toString(l.expires) AS expires,
          l.account AS account,
          sum(CASE WHEN l.points IS :: INTEGER THEN l.points ELSE 0 END) AS points,
          count(l) AS entries
        RETURN [brand, expires, account, points, entries]
      }
    }
  }
} AS customer
RETURN collect(customer) AS customers
