// Where the guests of some commands stand, before any lock.
// Parameters: batch.commands [{key, number, record, of}]: a guest by number or by source record, or a redemption.
// Columns: components [text]. Index: points_command_key, customer_number, source_record_key.
UNWIND $batch.commands AS row
OPTIONAL MATCH (done:PointsCommand {key: row.key})
OPTIONAL MATCH (named:PointsCommand {key: row.of})
OPTIONAL MATCH (:Customer {number: row.number})-[:MERGED_INTO*0..10000]->(c:Customer {status: 'active'})
OPTIONAL MATCH (r:SourceRecord {key: row.record})
WITH coalesce(done, named) AS command, c, r
RETURN collect(DISTINCT coalesce(
  head([(command)<-[:COMMANDED]-(its:SourceRecord) | its.component]),
  r.component,
  head(COLLECT { MATCH (c)<-[:RESOLVED_TO]-(one:SourceRecord) RETURN one.component LIMIT 1 })
)) AS components
