// One store by its id.
// Parameters: id. Columns: store, as in places/stores. Index: store_id.
MATCH (s:Store {id: $id})
RETURN [s.id, s.name, s.city, s.country, s.timezone, head([(s)-[:OF]->(b:Brand) | [b.id, b.name]])] AS store
