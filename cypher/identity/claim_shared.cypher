// Locks identifiers that are shared and lets them link, since fewer may use them from now on; who carries each. One that
// too many records carry stays as it is.
// Parameters: batch.keys [text], sorted; batch.most {type: records}.
// Columns: shared [{key, carriers [[record, component]]}]. Index: identifier_key.
// allows: Eager (rows of one batch; every lock is taken before anything is read)
UNWIND $batch.keys AS key
MATCH (i:Identifier {key: key})
WHERE i.shared
REMOVE i._lock
WITH i
WHERE COUNT { (i)<-[:HAS_IDENTIFIER]-() } <= coalesce($batch.most[i.type], 0)
SET i.shared = false, i.people = null
RETURN collect({
  key: i.key,
  carriers: COLLECT { MATCH (i)<-[:HAS_IDENTIFIER]-(r) WHERE r.component IS NOT NULL RETURN [r.key, r.component] }
}) AS shared
