// Where the guests of some commands stand, before any lock, and the limits that must be locked besides.
// Parameters: batch.commands [{key, number, record, of, code}]: a guest by number or by source record, or a redemption;
// code: a personal coupon's, hashed.
// Columns: components [text], limits [[text]]: those of redemptions, coupons [[code, coupon]]: of codes that were issued.
// Index: points_command_key, points_command_code, customer_number, source_record_key.
UNWIND $batch.commands AS row
OPTIONAL MATCH (done:PointsCommand {key: row.key})
OPTIONAL MATCH (named:PointsCommand {key: row.of})
OPTIONAL MATCH (issued:PointsCommand {code: row.code})
OPTIONAL MATCH (:Customer {number: row.number})-[:MERGED_INTO*0..10000]->(c:Customer {status: 'active'})
OPTIONAL MATCH (r:SourceRecord {key: row.record})
WITH coalesce(done, named) AS command, issued, c, r
RETURN
  collect(DISTINCT coalesce(
    head([(command)<-[:COMMANDED]-(its:SourceRecord) | its.component]),
    r.component,
    head(COLLECT { MATCH (c)<-[:RESOLVED_TO]-(one:SourceRecord) RETURN one.component LIMIT 1 })
  )) AS components,
  collect([(command)-[:TAKES]->(l:Limit) | l.key]) AS limits,
  collect(CASE WHEN issued IS NOT NULL THEN [issued.code, issued.coupon] END) AS coupons
