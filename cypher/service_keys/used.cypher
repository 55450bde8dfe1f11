// Notes that a service key was used, once a minute at most, so that its use costs no writes.
// Parameters: id. Index: service_key_id.
MATCH (k:ServiceKey {id: $id})
WHERE k.lastUsedAt IS NULL OR k.lastUsedAt < datetime() - duration({seconds: 60})
SET k.lastUsedAt = datetime()
