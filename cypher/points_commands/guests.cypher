// The guests of some commands with all that decides about their points, behind the locks of their components. A guest
// is read through the redemption, the record or the number, the first of these that is named.
// Parameters: batch.commands [{key, number, record, of, brand}].
// Columns: guests [{key, number, stats, brandKnown, of, records [[record, stats, component]], redemptions}]; redemptions
// [{key, record, brand, until, entries [[brand, last day, account, points]]}]: the guest's open holds, and the one
// that is named. Index: customer_number, source_record_key, points_command_key, brand_id.
UNWIND $batch.commands AS row
OPTIONAL MATCH (first:PointsCommand {key: row.of})<-[:COMMANDED]-(its:SourceRecord)-[:RESOLVED_TO]->(by_redemption:Customer)
OPTIONAL MATCH (:SourceRecord {key: CASE WHEN row.of IS NULL THEN row.record END})-[:RESOLVED_TO]->(by_record:Customer)
OPTIONAL MATCH (:Customer {number: CASE WHEN row.of IS NULL AND row.record IS NULL THEN row.number END})
  -[:MERGED_INTO*0..10000]->(by_number:Customer {status: 'active'})
WITH row, first, coalesce(by_redemption, by_record, by_number) AS c
WHERE c IS NOT NULL
WITH
  row,
  c,
  COLLECT {
    MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord)-[:HOLDS]->(k:PointsCommand)
    RETURN k
    UNION
    WITH first
    WHERE first IS NOT NULL
    RETURN first AS k
  } AS redemptions
RETURN collect({
  key: row.key,
  number: c.number,
  stats: c.stats,
  brandKnown: row.brand IS NULL OR EXISTS { MATCH (:Brand {id: row.brand}) },
  records: COLLECT { MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord) RETURN [r.key, r.stats, r.component] },
  redemptions: COLLECT {
    UNWIND redemptions AS k
    MATCH (k)<-[:COMMANDED]-(r:SourceRecord)
    RETURN {
      key: k.key,
      record: r.key,
      brand: k.brand,
      until: toString(k.until),
      entries: COLLECT {
        MATCH (k)<-[:OF*0..1]-(:PointsCommand)<-[:FOR]-(l:LedgerEntry)
        RETURN [l.brand, toString(l.expires), l.account, l.points]
      }
    }
  }
}) AS guests
