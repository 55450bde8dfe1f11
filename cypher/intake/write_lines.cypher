// The lines of new or rewritten orders.
// Parameters: batch.lines [{key, product, name, position, quantity, amountMinor}]. Index: transaction_key, product_id.
// allows: Eager (lines of one batch; a new product is found again by the next line)
UNWIND $batch.lines AS row
MATCH (t:Transaction {key: row.key})
MERGE (p:Product {id: row.product})
  ON CREATE SET p.name = coalesce(row.name, row.product)
CREATE (t)-[:CONTAINS {position: row.position, quantity: row.quantity, amountMinor: row.amountMinor, name: row.name}]->(p)
