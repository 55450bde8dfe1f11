// Writes the present content of source records.
// Parameters: batch.records [{key, first, last, props}]. Index: source_record_key.
// allows: Eager (rows of one batch; += may set any property, the planner assumes)
UNWIND $batch.records AS row
MATCH (r:SourceRecord {key: row.key})
SET r += row.props, r.firstSeen = date(row.first), r.lastSeen = date(row.last)
