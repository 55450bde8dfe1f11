// Stores that orders name: a new store belongs to the order's brand until reference data says otherwise.
// Parameters: batch.places [{store, brand}], sorted, each store once. Index: store_id, brand_id.
// allows: Eager (rows of one batch; a new brand is found again by the next store)
UNWIND $batch.places AS row
MERGE (s:Store {id: row.store})
  ON CREATE SET s.name = row.store
WITH s, row
WHERE NOT EXISTS { (s)-[:OF]->(:Brand) }
MERGE (b:Brand {id: row.brand})
  ON CREATE SET b.name = row.brand
CREATE (s)-[:OF]->(b)
