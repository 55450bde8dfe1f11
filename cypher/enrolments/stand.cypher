// What stands behind the locks of an enrolment: whether its source record joined before, and whose its contacts are.
// Parameters: record, contacts [text]. Columns: enrolled; own, others [[customer number, record]]: the customer of the
// record, and those who have one of the contacts, each with a record that carries it; two of these at most.
// Index: source_record_key, identifier_key.
MATCH (r:SourceRecord {key: $record})
RETURN
  r.enrolledClock IS NOT NULL AS enrolled,
  COLLECT {
    MATCH (r)-[:RESOLVED_TO]->(c:Customer)
    RETURN [c.number, r.key]
  } AS own,
  COLLECT {
    UNWIND $contacts AS key
    MATCH (:Identifier {key: key})<-[:HAS_IDENTIFIER]-(carrier:SourceRecord)-[:RESOLVED_TO]->(c:Customer)
    WITH c.number AS number, min(carrier.key) AS record
    RETURN [number, record]
    ORDER BY number
    LIMIT 2
  } AS others
