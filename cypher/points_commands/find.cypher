// Where the guests of some commands stand, and which commands were carried out before: as what, and of which redemption.
// Parameters: batch.commands [{key, number, record, of}]: a guest by number or by source record, or a redemption.
// Columns: found [{key, asked, of, component}]. Index: points_command_key, customer_number, source_record_key.
UNWIND $batch.commands AS row
OPTIONAL MATCH (done:PointsCommand {key: row.key})
OPTIONAL MATCH (:Customer {number: row.number})-[:MERGED_INTO*0..10000]->(c:Customer {status: 'active'})
WITH row, done, c, CASE WHEN done IS NULL THEN row.of ELSE coalesce(head([(done)-[:OF]->(f) | f.key]), done.key) END AS of
OPTIONAL MATCH (r:SourceRecord {key: row.record})
OPTIONAL MATCH (:PointsCommand {key: of})<-[:COMMANDED]-(its:SourceRecord)
RETURN collect({
  key: row.key,
  asked: done.asked,
  of: of,
  component: coalesce(
    its.component,
    r.component,
    head(COLLECT { MATCH (c)<-[:RESOLVED_TO]-(one:SourceRecord) RETURN one.component LIMIT 1 })
  )
}) AS found
