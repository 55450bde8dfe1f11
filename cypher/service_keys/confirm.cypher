// Service keys that wait since a restore work again: those named, or all that wait. One that is revoked stays so.
// Parameters: ids [text], or null for all that wait. Columns: id, name. Index: none.
// allows: NodeByLabelScan (there are as many as there are tills and integrations)
MATCH (k:ServiceKey)
WHERE k.heldAt IS NOT NULL AND k.revokedAt IS NULL AND ($ids IS NULL OR k.id IN $ids)
REMOVE k.heldAt
RETURN k.id AS id, k.name AS name
ORDER BY name, id
