// A page of stores by id, of all brands or one.
// Parameters: brand, id (the cursor's), size, back. Columns: store [id, name, city, country, timezone, [brand id, brand name]].
// Index: store_id.
// allows: NodeByLabelScan (a group has hundreds of stores)
MATCH (s:Store)
WHERE
  ($brand IS NULL OR EXISTS { MATCH (s)-[:OF]->(:Brand {id: $brand}) })
  AND ($id IS NULL OR CASE WHEN $back THEN s.id < $id ELSE s.id > $id END)
WITH s
ORDER BY CASE WHEN $back THEN null ELSE s.id END, CASE WHEN $back THEN s.id END DESC
LIMIT $size
RETURN [s.id, s.name, s.city, s.country, s.timezone, head([(s)-[:OF]->(b:Brand) | [b.id, b.name]])] AS store
