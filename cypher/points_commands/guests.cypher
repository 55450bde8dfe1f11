// The guests of some commands with all that decides about their points, behind the locks of their components. A guest is
// read through the command, if it was carried out before; else through the redemption, the record or the number.
// Parameters: batch.commands [{key, number, record, of, identifier, brand, code, reward, since, coupon, soldSince,
// givenSince}], batch.limits [text].
// Columns: limits [[key, used, holds]]; guests [{key, number, stats, tier, component, brandKnown, cardBlocked, holdsCode,
// given, asked, first, asker, redemptions}]. given: points that the guest's records gave to others since a moment, or null;
// cardBlocked: whether the identifier is a blocked card; asked: of a command that was carried out before; first: the command
// that began its redemption;
// asker [record, stats]: what a new redemption hangs on: the record that is named, else one with the identifier, one that
// knows the brand, the one that was seen last; holdsCode: whether the code was issued to this guest; redemptions [{key,
// record, stats, brand, until, open, kinds, props, limits [[key, amount]], entries [[brand, last day, account, points]]}]:
// the guest's open holds, the one that the command is of, and those of the reward (since a day), of the coupon,
// and those that tills carried out without a connection (since a moment of theirs).
// Index: customer_number, source_record_key, points_command_key, points_command_code, brand_id, identifier_key, limit_key.
UNWIND $batch.commands AS row
OPTIONAL MATCH (done:PointsCommand {key: row.key})
OPTIONAL MATCH (named:PointsCommand {key: row.of})
WHERE NOT EXISTS { (named)-[:OF]->() }
WITH row, done, coalesce(head([(done)-[:OF]->(begin:PointsCommand) | begin]), done, named) AS first
OPTIONAL MATCH (first)<-[:COMMANDED]-(:SourceRecord)-[:RESOLVED_TO]->(by_redemption:Customer)
OPTIONAL MATCH (:SourceRecord {key: CASE WHEN row.of IS NULL THEN row.record END})-[:RESOLVED_TO]->(by_record:Customer)
OPTIONAL MATCH (:Customer {number: CASE WHEN row.of IS NULL AND row.record IS NULL THEN row.number END})
  -[:MERGED_INTO*0..10000]->(by_number:Customer {status: 'active'})
WITH row, done, first, coalesce(by_redemption, by_record, by_number) AS c
WHERE c IS NOT NULL
WITH
  row,
  done,
  first,
  c,
  COLLECT {
    MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:HOLDS]->(k:PointsCommand)
    RETURN k
    UNION
    WITH first
    WHERE first IS NOT NULL
    RETURN first AS k
    UNION
    WITH c, row
    WHERE row.reward IS NOT NULL OR row.coupon IS NOT NULL OR row.soldSince IS NOT NULL
    MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:COMMANDED]->(k:PointsCommand)
    WHERE (k.reward = row.reward AND k.at >= datetime(row.since)) OR k.coupon = row.coupon OR k.soldAt >= row.soldSince
    RETURN k
  } AS redemptions
WITH collect({
  key: row.key,
  number: c.number,
  stats: c.stats,
  tier: c.tier,
  component: head(COLLECT { MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord) RETURN r.component LIMIT 1 }),
  brandKnown: row.brand IS NULL OR EXISTS { MATCH (:Brand {id: row.brand}) },
  cardBlocked: row.identifier IS NOT NULL AND EXISTS {
    MATCH (i:Identifier {key: row.identifier})
    WHERE i.cardBlockedAt IS NOT NULL
  },
  holdsCode: row.code IS NOT NULL AND EXISTS {
    (:PointsCommand {code: row.code})<-[:COMMANDED]-(:SourceRecord)-[:RESOLVED_TO]->(c)
  },
  given: CASE
    WHEN row.givenSince IS NOT NULL THEN reduce(given = 0, points IN COLLECT {
      MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:COMMANDED]->(k:PointsCommand)
      WHERE k.kind = 'transfer' AND k.at >= datetime(row.givenSince)
      MATCH (k)<-[:FOR]-(l:LedgerEntry)
      RETURN l.points
    } | given - points)
  END,
  asked: done.asked,
  first: first.key,
  asker: CASE
    WHEN first IS NULL THEN head(COLLECT {
      MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord)
      RETURN [r.key, r.stats]
      ORDER BY
        coalesce(r.key = row.record, false) DESC,
        row.identifier IS NOT NULL AND EXISTS { (r)-[:HAS_IDENTIFIER]->(:Identifier {key: row.identifier}) } DESC,
        row.brand IS NOT NULL AND EXISTS { (r)-[:MADE]->(:Transaction {brand: row.brand}) } DESC,
        r.lastSeen DESC,
        r.key
      LIMIT 1
    })
  END,
  redemptions: COLLECT {
    UNWIND redemptions AS k
    MATCH (k)<-[:COMMANDED]-(r:SourceRecord)
    RETURN {
      key: k.key,
      record: r.key,
      stats: r.stats,
      brand: k.brand,
      until: toString(k.until),
      open: EXISTS { (k)<-[:HOLDS]-() },
      kinds: [k.kind] + COLLECT { MATCH (k)<-[:OF]-(after:PointsCommand) RETURN after.kind },
      props: k {
        .reward, .coupon, .worth, .currency, .brand, .store, .channel, .off, .points, .expires, .reason, .actor,
        .till, .soldAt, .sold, .missing, .flag,
        at: toString(k.at)
      },
      limits: COLLECT { MATCH (k)-[taken:TAKES]->(l:Limit) RETURN [l.key, taken.amount] },
      entries: COLLECT {
        MATCH (k)<-[:OF*0..1]-(:PointsCommand)<-[:FOR]-(l:LedgerEntry)
        RETURN [l.brand, toString(l.expires), l.account, l.points]
      }
    }
  }
}) AS guests
RETURN
  guests,
  COLLECT {
    UNWIND $batch.limits AS key
    MATCH (l:Limit {key: key})
    RETURN [l.key, l.used, l.holds]
  } AS limits
