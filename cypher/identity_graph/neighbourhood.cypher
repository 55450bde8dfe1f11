// A customer with records, identifiers, and the customers that share one or are kept apart, for a picture.
// Parameters: number, record, crowd (an identifier on more records is not followed), records, identifiers, neighbours.
// Columns: customer, carried, identifiers, apart. Index: source_record_key, customer_number.
CALL () {
  MATCH (:SourceRecord {key: $record})-[:RESOLVED_TO]->(c:Customer)
  RETURN c
  UNION
  MATCH (:Customer {number: $number})-[:MERGED_INTO*0..10000]->(c:Customer {status: 'active'})
  RETURN c
}
CALL (c) {
  MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord)
  WITH r
  ORDER BY r.lastSeen DESC, r.key
  LIMIT $records
  RETURN collect(r) AS records
}
RETURN
  c {.number, .nameDisplay, .records} AS customer,
  [r IN records | r {.key, .sealed, identifiers: [(r)-[:HAS_IDENTIFIER]->(i:Identifier) | i.key]}] AS carried,
  COLLECT {
    UNWIND records AS r
    MATCH (r)-[:HAS_IDENTIFIER]->(i:Identifier)
    WITH DISTINCT i
    WITH i, count { (i)<-[:HAS_IDENTIFIER]-() } AS carriers
    ORDER BY carriers DESC, i.key
    LIMIT $identifiers
    RETURN i {
      .key, .type, .display, .shared, .blocked,
      people: CASE
        WHEN i.shared THEN COUNT {
          MATCH (i)<-[:HAS_IDENTIFIER]-(:SourceRecord)-[:RESOLVED_TO]->(user:Customer)
          WHERE user.nameKey IS NOT NULL
          WITH user
          LIMIT 10000
          RETURN DISTINCT user
        }
      END,
      carriers: carriers,
      others: CASE
        WHEN carriers > $crowd OR i.blocked THEN []
        ELSE COLLECT {
          MATCH (i)<-[:HAS_IDENTIFIER]-(:SourceRecord)-[:RESOLVED_TO]->(o:Customer)
          WHERE o <> c
          WITH DISTINCT o
          ORDER BY o.number
          LIMIT $neighbours
          RETURN [o.number, o.nameDisplay]
        }
      END
    }
  } AS identifiers,
  COLLECT {
    MATCH (c)-[k:KEPT_APART]-(o:Customer)
    WITH o, k
    ORDER BY o.number, k.rule, k.type
    LIMIT $neighbours
    RETURN {number: o.number, name: o.nameDisplay, rule: k.rule, type: k.type, detail: k.detail}
  } AS apart
