// Transactions with their store; owners, lines and a new store's brand are written separately.
// Parameters: batch.transactions [{key, at, expires, props, store}]. Index: transaction_key, store_id.
// allows: Eager (rows of one batch; += may set any property, the planner assumes)
UNWIND $batch.transactions AS row
MATCH (t:Transaction {key: row.key})
SET t += row.props, t.at = datetime(row.at), t.expires = date(row.expires)
WITH t, row
WHERE row.store IS NOT NULL
MATCH (s:Store {id: row.store})
MERGE (t)-[:AT]->(s)
