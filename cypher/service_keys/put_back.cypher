// Puts service keys back as they were; each that is not revoked waits until somebody confirms it.
// Parameters: rows [as service_keys/whole gives them]. Columns: none. Index: service_key_id.
UNWIND $rows AS key
MERGE (k:ServiceKey {id: key.id})
SET
  k.name = key.name,
  k.hash = key.hash,
  k.formerHash = key.formerHash,
  k.scopes = key.scopes,
  k.brands = key.brands,
  k.sources = key.sources,
  k.stores = key.stores,
  k.createdAt = datetime(key.createdAt),
  k.expiresAt = datetime(key.expiresAt),
  k.revokedAt = datetime(key.revokedAt),
  k.rotatedAt = datetime(key.rotatedAt),
  k.heldAt = CASE WHEN key.revokedAt IS NULL THEN datetime() END,
  k.formerUntil = datetime(key.formerUntil)
