// Brands by id: all, or one brand.
// Parameters: id. Columns: id, name. Index: brand_id. A group has tens of brands.
// allows: NodeByLabelScan (a group has tens of brands)
MATCH (b:Brand)
WHERE $id IS NULL OR b.id = $id
RETURN b.id AS id, b.name AS name
ORDER BY id
LIMIT 500
