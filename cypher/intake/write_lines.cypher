// The lines of new or rewritten orders. A product without reference data has the name of the newest line that names it.
// Parameters: batch.lines [{key, product, name, clock, position, quantity, amountMinor}], sorted by product.
// Index: transaction_key, product_id.
// allows: Eager (lines of one batch; a new product is found again by the next line)
UNWIND $batch.lines AS row
MATCH (t:Transaction {key: row.key})
MERGE (p:Product {id: row.product})
  ON CREATE SET p.name = row.product
FOREACH (_ IN CASE WHEN p.clock IS NULL AND row.name IS NOT NULL THEN [1] ELSE [] END | REMOVE p._lock)
FOREACH (_ IN
  CASE
    WHEN p.clock IS NULL AND row.name IS NOT NULL AND coalesce(p.named, '') <= row.clock THEN [1]
    ELSE []
  END |
  SET p.name = row.name, p.named = row.clock)
CREATE (t)-[:CONTAINS {position: row.position, quantity: row.quantity, amountMinor: row.amountMinor, name: row.name}]->(p)
