// The components of records and customers in a question. A retired number stands for the records that it had.
// Parameters: sides [{number, record}], most.
// Columns: place, number, keys, component, size (records of the component, counted up to most).
// Index: source_record_key, customer_number, source_record_component.
UNWIND range(0, size($sides) - 1) AS place
WITH place, $sides[place] AS side
CALL (side) {
  MATCH (r:SourceRecord {key: side.record})-[:RESOLVED_TO]->(c:Customer)
  RETURN c, [r.key] AS keys, r.component AS component
  UNION
  MATCH (n:Customer {number: side.number})-[:MERGED_INTO*0..10000]->(c:Customer {status: 'active'})
  CALL (n, c) {
    MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord)
    WHERE n = c OR EXISTS { (r)-[:WAS_RESOLVED_TO]->(n) }
    RETURN r
    ORDER BY r.key
    LIMIT $most
  }
  RETURN c, collect(r.key) AS keys, head(collect(r.component)) AS component
}
RETURN
  place,
  c.number AS number,
  keys,
  component,
  size(COLLECT { MATCH (other:SourceRecord {component: component}) RETURN 1 LIMIT $most }) AS size
