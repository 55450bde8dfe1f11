// All service keys by name, without their hashes.
// Parameters: none.
// Columns: id, name, scopes, brands, sources, stores, createdAt, expiresAt, revokedAt, rotatedAt, heldAt, lastUsedAt.
// allows: NodeByLabelScan (there are as many as there are tills and integrations)
MATCH (k:ServiceKey)
RETURN
  k.id AS id,
  k.name AS name,
  k.scopes AS scopes,
  k.brands AS brands,
  k.sources AS sources,
  k.stores AS stores,
  toString(k.createdAt) AS createdAt,
  toString(k.expiresAt) AS expiresAt,
  toString(k.revokedAt) AS revokedAt,
  toString(k.rotatedAt) AS rotatedAt,
  toString(k.heldAt) AS heldAt,
  toString(k.lastUsedAt) AS lastUsedAt
ORDER BY name, id
