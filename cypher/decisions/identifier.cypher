// An identifier, locked, and where records that carry it stand; none where it links nothing because it is shared.
// Parameters: key (text), most (whole number). Columns: type, shared, blocked, blockedBy, records [[key, component]].
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
    WHEN i.shared THEN []
    ELSE COLLECT { MATCH (i)<-[:HAS_IDENTIFIER]-(r) RETURN [r.key, r.component] LIMIT $most }
  END AS records
