// Part: other customers that share a home or a contact with this one, and what they share; what more than a
// hundred customers share relates nobody. Computed from the present identifiers of records.
// Expects: c. Column: part. Index: source_record_home.
COLLECT {
  CALL (c) {
    MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord)
    WHERE r.home IS NOT NULL
    WITH DISTINCT r.home AS key
    ORDER BY key
    LIMIT 20
    RETURN
      'address' AS type,
      key,
      null AS display,
      COLLECT {
        MATCH (:SourceRecord {home: key})-[:RESOLVED_TO]->(holder:Customer)
        WITH DISTINCT holder
        LIMIT 101
        RETURN holder
      } AS holders
    UNION ALL
    MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:HAS_IDENTIFIER]->(i:Identifier)
    WHERE i.type IN ['phone', 'email', 'payment_token', 'device_id'] AND NOT i.shared AND NOT i.blocked
    WITH DISTINCT i
    ORDER BY i.key
    LIMIT 100
    RETURN
      i.type AS type,
      i.key AS key,
      i.display AS display,
      COLLECT {
        MATCH (i)<-[:HAS_IDENTIFIER]-(:SourceRecord)-[:RESOLVED_TO]->(holder:Customer)
        WITH DISTINCT holder
        LIMIT 101
        RETURN holder
      } AS holders
  }
  WITH type, key, display, holders
  WHERE 1 < size(holders) <= 100
  UNWIND holders AS other
  WITH c, other, collect({type: type, key: key, display: display, people: size(holders)}) AS shared
  WHERE other <> c
  WITH other, shared
  ORDER BY size(shared) DESC, other.number
  LIMIT 200
  RETURN {number: other.number, sealed: other.sealed, nameDisplay: other.nameDisplay, shared: shared}
} AS part
