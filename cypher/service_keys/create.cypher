// Stores a new service key; its secret is not among what is stored.
// Parameters: id, props {name, hash, scopes, brands, sources, stores}, expiresAt. Columns: id. Index: service_key_id.
CREATE (k:ServiceKey {id: $id})
SET k += $props, k.createdAt = datetime(), k.expiresAt = datetime($expiresAt)
RETURN k.id AS id
