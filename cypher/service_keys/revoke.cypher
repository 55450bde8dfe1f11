// Ends a service key for good; a key that was revoked before keeps its time.
// Parameters: id. Columns: id; no row where there is no such key. Index: service_key_id.
MATCH (k:ServiceKey {id: $id})
SET k.revokedAt = coalesce(k.revokedAt, datetime())
RETURN k.id AS id
