// Transactions with their store; owners and lines are written apart.
// Parameters: rows [{key, at, props, store, brand}]. Index: transaction_key, store_id, brand_id.
// allows: Eager (rows of one batch; += may set any property, the planner fears)
UNWIND $rows AS row
MATCH (t:Transaction {key: row.key})
SET t += row.props, t.at = datetime(row.at)
WITH t, row
WHERE row.store IS NOT NULL
MERGE (s:Store {id: row.store})
  ON CREATE SET s.name = row.store
MERGE (t)-[:AT]->(s)
WITH t, s, row
MERGE (b:Brand {id: row.brand})
  ON CREATE SET b.name = row.brand
FOREACH (_ IN CASE WHEN EXISTS { (s)-[:OF]->(:Brand) } THEN [] ELSE [1] END | CREATE (s)-[:OF]->(b))
