// What decides, beside points, which rewards a guest gets: tier, what the guest got before, and limits of all guests.
// Parameters: number, rewards [text], since (the earliest day that counts), limits [text].
// Columns: tier, redemptions [as in points_commands/guests, without entries and limits], limits [[key, used, holds]].
// Index: customer_number, limit_key.
MATCH (:Customer {number: $number})-[:MERGED_INTO*0..10000]->(c:Customer {status: 'active'})
RETURN
  c.tier AS tier,
  COLLECT {
    MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord)-[:COMMANDED]->(k:PointsCommand)
    WHERE k.reward IN $rewards AND k.at >= datetime($since)
    RETURN {
      key: k.key,
      record: r.key,
      brand: k.brand,
      until: toString(k.until),
      open: EXISTS { (k)<-[:HOLDS]-() },
      kinds: [k.kind] + COLLECT { MATCH (k)<-[:OF]-(after:PointsCommand) RETURN after.kind },
      props: k {.reward, .coupon, .worth, .currency, .brand, .store, .channel, at: toString(k.at)}
    }
  } AS redemptions,
  COLLECT {
    UNWIND $limits AS key
    MATCH (l:Limit {key: key})
    RETURN [l.key, l.used, l.holds]
  } AS limits
