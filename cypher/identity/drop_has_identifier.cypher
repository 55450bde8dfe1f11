// Takes identifiers off source records whose source said them and then others.
// Parameters: batch.dropped [{record, identifier}], sorted. Index: source_record_key, identifier_key.
// allows: Eager (rows of one batch; each deletes a relationship of its own)
UNWIND $batch.dropped AS row
MATCH (r:SourceRecord {key: row.record})-[h:HAS_IDENTIFIER]->(i:Identifier {key: row.identifier})
DELETE h
