// Customers whose bonuses and tier are to be computed anew, with all that decides about them, behind the locks of their
// components.
// Parameters: batch.numbers [text], batch.items (whether products are asked for).
// Columns: guests [{number, stats, tierBefore (that others heard of last), records [{key, component, stats, orders,
// booked}]}]. orders: completed ones that were not given back whole [{key, at, timezone, brand, store, channel, currency,
// minor, points, expires, items [[product, quantity]]}]; booked: bonuses that stand in the ledger [order, rule, brand,
// expires, points, entries].
// now: the store's time, by which versions start and tiers fall. Index: customer_number.
MATCH (c:Customer)
WHERE c.number IN $batch.numbers AND c.status = 'active' AND (c.bonusesPending OR c.tierDue <= datetime())
WITH {
  number: c.number,
  stats: c.stats,
  tierBefore: coalesce(c.tierBefore, c.tier),
  records: COLLECT {
    MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord)
    RETURN {
      key: r.key,
      component: r.component,
      stats: r.stats,
      orders: COLLECT {
        MATCH (r)-[:MADE]->(t:Transaction {status: 'completed'})
        OPTIONAL MATCH (t)-[:AT]->(s:Store)
        RETURN {
          key: t.key,
          at: toString(t.at),
          timezone: s.timezone,
          brand: t.brand,
          store: s.id,
          channel: t.channel,
          currency: t.currency,
          minor: t.totalMinor - t.refundedMinor,
          points: t.points,
          expires: toString(t.expires),
          items: CASE
            WHEN $batch.items THEN COLLECT { MATCH (t)-[line:CONTAINS]->(p:Product) RETURN [p.id, line.quantity] }
            ELSE []
          END
        }
      },
      booked: COLLECT {
        MATCH (r)-[:BOOKED]->(l:LedgerEntry {account: 'bonus'})-[:FOR]->(t:Transaction)
        WITH t.key AS order, l.rule AS rule, l.brand AS brand, toString(l.expires) AS expires, l.points AS points
        WITH order, rule, brand, expires, sum(points) AS points, count(*) AS entries
        RETURN [order, rule, brand, expires, points, entries]
      }
    }
  }
} AS guest
WITH collect(guest) AS guests
RETURN guests, toString(datetime()) AS now
