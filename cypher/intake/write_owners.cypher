// Connects transactions to the source record that made them.
// Parameters: batch.owners [{key, owner}]. Index: transaction_key, source_record_key.
// allows: Eager (rows of one batch, the old owner is read before it is removed)
UNWIND $batch.owners AS row
MATCH (t:Transaction {key: row.key})
MATCH (r:SourceRecord {key: row.owner})
OPTIONAL MATCH (:SourceRecord)-[old:MADE]->(t)
DELETE old
CREATE (r)-[:MADE]->(t)
