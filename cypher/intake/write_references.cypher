// Stores with their brands, and products; the newest event about each wins.
// Parameters: stores [{id, clock, name, city, country, timezone, brand, brandName}], products [{id, clock, name, category}].
// Columns: stores, products (counts). Index: store_id, brand_id, product_id.
// allows: Eager (rows of one batch; a new brand is found again by the next store)
CALL () {
  UNWIND $stores AS row
  MERGE (s:Store {id: row.id})
  MERGE (b:Brand {id: row.brand})
  FOREACH (_ IN CASE WHEN coalesce(b.clock, '') < row.clock THEN [1] ELSE [] END |
    SET b.name = row.brandName, b.clock = row.clock)
  WITH s, b, row
  WHERE coalesce(s.clock, '') < row.clock
  SET s.name = row.name, s.city = row.city, s.country = row.country, s.timezone = row.timezone, s.clock = row.clock
  WITH s, b
  OPTIONAL MATCH (s)-[old:OF]->(:Brand)
  DELETE old
  MERGE (s)-[:OF]->(b)
  RETURN count(*) AS stores
}
CALL () {
  UNWIND $products AS row
  MERGE (p:Product {id: row.id})
  WITH p, row
  WHERE coalesce(p.clock, '') < row.clock
  SET p.name = row.name, p.category = row.category, p.clock = row.clock
  RETURN count(*) AS products
}
RETURN stores, products
