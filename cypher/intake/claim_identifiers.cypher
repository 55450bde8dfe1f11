// Creates and locks identifiers, so that two records with a common identifier never miss each other.
// Parameters: batch.identifiers [{key, type, display, part, sealed, blocked, firstSeen}], sorted by key.
// Columns: identifiers [{key, shared, blocked, component}].
// Index: identifier_key. A linking identifier has all its records in one component, so any record shows it.
// allows: Eager (rows of one batch; every lock is taken before anything is read)
UNWIND $batch.identifiers AS row
MERGE (i:Identifier {key: row.key})
  ON CREATE SET
    i.type = row.type,
    i.display = row.display,
    i.sealed = row.sealed,
    i.blocked = row.blocked,
    i.shared = false,
    i.firstSeen = date(row.firstSeen)
REMOVE i._lock
FOREACH (day IN CASE WHEN date(row.firstSeen) < i.firstSeen THEN [date(row.firstSeen)] ELSE [] END | SET i.firstSeen = day)
FOREACH (part IN CASE WHEN i.part IS NULL AND row.part IS NOT NULL THEN [row.part] ELSE [] END | SET i.part = part)
FOREACH (_ IN CASE WHEN row.type = 'device_id' THEN [1] ELSE [] END | SET i:Device)
RETURN collect({
  key: i.key,
  shared: i.shared,
  blocked: i.blocked,
  component: CASE WHEN i.shared OR i.blocked THEN null
    ELSE head(COLLECT { MATCH (i)<-[:HAS_IDENTIFIER]-(r) WHERE r.component IS NOT NULL RETURN r.component LIMIT 1 })
  END
}) AS identifiers
