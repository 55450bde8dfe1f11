// The present customer numbers of source records, and of numbers that may be retired by now.
// Parameters: records, numbers. Columns: of, number. Index: source_record_key, customer_number.
CALL () {
  UNWIND $records AS key
  MATCH (:SourceRecord {key: key})-[:RESOLVED_TO]->(c:Customer)
  RETURN key AS of, c.number AS number
  UNION ALL
  UNWIND $numbers AS key
  MATCH (:Customer {number: key})-[:MERGED_INTO*0..10000]->(c:Customer {status: 'active'})
  RETURN key AS of, c.number AS number
}
RETURN of, number
