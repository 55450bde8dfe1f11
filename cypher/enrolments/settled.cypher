// What an enrolment came to, once it is clear who is who: whether the guest has other records, and joined by one of them.
// Parameters: record. Columns: known, joined. Index: source_record_key.
MATCH (r:SourceRecord {key: $record})-[:RESOLVED_TO]->(c:Customer)
RETURN
  EXISTS {
    MATCH (c)<-[:RESOLVED_TO]-(other:SourceRecord)
    WHERE other.key <> $record
  } AS known,
  EXISTS {
    MATCH (c)<-[:RESOLVED_TO]-(other:SourceRecord)
    WHERE other.key <> $record AND other.enrolledClock IS NOT NULL
  } AS joined
