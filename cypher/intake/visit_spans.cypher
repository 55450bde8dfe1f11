// First and last order that counts as a visit, of source records by brand, apart from orders that the batch changes.
// Parameters: records [text], transactions [text]. Columns: record, brand, first, last (microseconds since 1970).
// Index: source_record_key.
UNWIND $records AS record
MATCH (:SourceRecord {key: record})-[:MADE]->(t:Transaction)
WHERE t.status IN ['completed', 'refunded'] AND NOT t.key IN $transactions
WITH record, t.brand AS brand, t.at.epochSeconds * 1000000 + t.at.microsecond AS at
RETURN record, brand, min(at) AS first, max(at) AS last
