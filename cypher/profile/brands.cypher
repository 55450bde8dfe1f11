// Part: id and name of the brands visited.
// Expects: c. Column: part. Index: brand_id.
COLLECT {
  UNWIND coalesce(c.brands, []) AS id
  MATCH (b:Brand {id: id})
  RETURN [b.id, b.name]
  ORDER BY b.id
} AS part
