// An identifier, locked, and the components of its records; no records where it is shared and so links nothing,
// unless evenShared.
// Parameters: key (text), most (whole number), evenShared. Columns: type, shared, blocked, blockedBy, records [[key, component]].
// Index: identifier_key.
// allows: Eager (one identifier; it is locked before anything is read)
MATCH (i:Identifier {key: $key})
REMOVE i._lock
RETURN
  i.type AS type,
  i.shared AS shared,
  i.blocked AS blocked,
  i.blockedBy AS blockedBy,
  CASE
    WHEN i.shared AND NOT $evenShared THEN []
    ELSE COLLECT { MATCH (i)<-[:HAS_IDENTIFIER]-(r) RETURN [r.key, r.component] LIMIT $most }
  END AS records
