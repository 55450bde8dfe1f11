// Creates and locks transactions (removing a property takes the write lock and changes nothing), then reads them.
// Parameters: batch.transactions [text], sorted. Columns: transactions [{key, state, owner, store}]. Index: transaction_key.
UNWIND $batch.transactions AS key
MERGE (t:Transaction {key: key})
  ON CREATE SET t.status = 'unknown'
REMOVE t._lock
RETURN collect({
  key: t.key,
  state: t {.*, at: toString(t.at), expires: toString(t.expires)},
  owner: head([(r:SourceRecord)-[:MADE]->(t) | r.key]),
  store: head([(t)-[:AT]->(s:Store) | s.id])
}) AS transactions
