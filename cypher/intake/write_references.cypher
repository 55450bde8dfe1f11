// Stores, brands and products; the newest event about each wins. REMOVE _lock: two writers read the clock in turn.
// Parameters: batch.brands [{id, clock, name}], batch.stores [{id, clock, name, city, country, timezone, brand}],
// batch.products [{id, clock, name, category}]: each sorted, each id once; batch.limitedStores: stores by senders who may
// describe those of the brands `within` only, sorted. They are written one by one: the first one describes a free store.
// Index: brand_id, store_id, product_id.
// allows: Eager (rows of one batch; every lock is taken before anything is read)
CALL () {
  UNWIND $batch.brands AS row
  MERGE (b:Brand {id: row.id})
    ON CREATE SET b.name = row.name
  REMOVE b._lock
  WITH b, row
  WHERE coalesce(b.clock, '') < row.clock
  SET b.name = row.name, b.clock = row.clock
}
CALL () {
  UNWIND $batch.stores AS row
  MERGE (s:Store {id: row.id})
  REMOVE s._lock
  WITH s, row
  WHERE coalesce(s.clock, '') < row.clock
  SET s.name = row.name, s.city = row.city, s.country = row.country, s.timezone = row.timezone, s.clock = row.clock
  WITH s, row
  MATCH (b:Brand {id: row.brand})
  OPTIONAL MATCH (s)-[old:OF]->(:Brand)
  DELETE old
  MERGE (s)-[:OF]->(b)
}
CALL () {
  UNWIND $batch.limitedStores AS row
  CALL (row) {
    MERGE (s:Store {id: row.id})
    REMOVE s._lock
    WITH s, row
    WHERE
      coalesce(s.clock, '') < row.clock
      AND (s.clock IS NULL OR EXISTS { (s)-[:OF]->(of:Brand) WHERE of.id IN row.within })
    SET s.name = row.name, s.city = row.city, s.country = row.country, s.timezone = row.timezone, s.clock = row.clock
    WITH s, row
    MATCH (b:Brand {id: row.brand})
    OPTIONAL MATCH (s)-[old:OF]->(:Brand)
    DELETE old
    MERGE (s)-[:OF]->(b)
  }
}
CALL () {
  UNWIND $batch.products AS row
  MERGE (p:Product {id: row.id})
  REMOVE p._lock
  WITH p, row
  WHERE coalesce(p.clock, '') < row.clock
  SET p.name = row.name, p.category = row.category, p.clock = row.clock, p.named = null
}
