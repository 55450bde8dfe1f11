// Writes why source records belong to the customer that they belong to already: the reason is another one by now.
// Parameters: batch.explained [{record, number, rule, via}]. Index: source_record_key.
UNWIND $batch.explained AS row
MATCH (:SourceRecord {key: row.record})-[now:RESOLVED_TO]->(:Customer)
SET now.rule = row.rule, now.via = row.via
