// Gives a service key a new secret; the former one is accepted until `overlap` seconds have passed.
// Parameters: id, hash, overlap. Columns: id; no row where there is no such key, or it is revoked. Index: service_key_id.
MATCH (k:ServiceKey {id: $id})
WHERE k.revokedAt IS NULL
SET
  k.formerHash = CASE WHEN $overlap > 0 THEN k.hash END,
  k.formerUntil = CASE WHEN $overlap > 0 THEN datetime() + duration({seconds: $overlap}) END,
  k.hash = $hash,
  k.rotatedAt = datetime()
RETURN k.id AS id
