// Replaces the content of a refused event by corrected content. Parameters: id, sealed, format. Columns: id (no row where it does
// not wait any more). Index: quarantined_id.
MATCH (q:Quarantined {id: $id})
WHERE q.status = 'waiting'
SET q.sealed = $sealed, q.format = $format
RETURN q.id AS id
