// Writes the number that a record's person had before agents decided about it; null where no decision does any more.
// Parameters: batch.owned [{record, own [number, when it was created]}]. Index: source_record_key.
UNWIND $batch.owned AS row
MATCH (r:SourceRecord {key: row.record})
SET r.ownNumber = row.own
