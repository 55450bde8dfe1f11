// All service keys with everything that is stored of them, but when they were last used.
// Parameters: none. Columns: key.
// allows: NodeByLabelScan (there are as many as there are tills and integrations)
MATCH (k:ServiceKey)
WITH k
ORDER BY k.id
RETURN
  k {
    .id, .name, .hash, .formerHash, .scopes, .brands, .sources, .stores,
    createdAt: toString(k.createdAt), expiresAt: toString(k.expiresAt), revokedAt: toString(k.revokedAt),
    rotatedAt: toString(k.rotatedAt), heldAt: toString(k.heldAt), formerUntil: toString(k.formerUntil)
  } AS key
