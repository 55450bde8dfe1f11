// Writes the identifiers of source records, with the first and last day seen.
// Parameters: batch.carried [{record, identifier, first, last}], sorted. Index: source_record_key, identifier_key.
UNWIND $batch.carried AS row
MATCH (r:SourceRecord {key: row.record})
MATCH (i:Identifier {key: row.identifier})
MERGE (r)-[h:HAS_IDENTIFIER]->(i)
SET h.firstSeen = date(row.first), h.lastSeen = date(row.last)
