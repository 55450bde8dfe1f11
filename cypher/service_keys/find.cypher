// One service key by its id, with its scopes, limits and expiry; times in milliseconds.
// Parameters: id. Columns: id, name, hash, formerHash, formerUntil, scopes, brands, sources, stores, expires, revoked,
// held, used. Index: service_key_id.
MATCH (k:ServiceKey {id: $id})
RETURN
  k.id AS id,
  k.name AS name,
  k.hash AS hash,
  k.formerHash AS formerHash,
  k.formerUntil.epochMillis AS formerUntil,
  k.scopes AS scopes,
  k.brands AS brands,
  k.sources AS sources,
  k.stores AS stores,
  k.expiresAt.epochMillis AS expires,
  k.revokedAt.epochMillis AS revoked,
  k.heldAt.epochMillis AS held,
  k.lastUsedAt.epochMillis AS used
