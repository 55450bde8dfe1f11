// The retired numbers that these records once had, with all records of each and where these belong now.
// Parameters: batch.parted [text].
// Columns: former [{number, end (the active number it leads to), records [[record, until, present number]]}].
// Index: source_record_key.
CALL () {
  UNWIND $batch.parted AS key
  MATCH (:SourceRecord {key: key})-[:WAS_RESOLVED_TO]->(n:Customer {status: 'retired'})
  RETURN DISTINCT n
}
RETURN collect({
  number: n.number,
  end: head(COLLECT { MATCH (n)-[:MERGED_INTO*0..10000]->(c:Customer {status: 'active'}) RETURN c.number }),
  records: COLLECT {
    MATCH (r:SourceRecord)-[was:WAS_RESOLVED_TO]->(n)
    RETURN [r.key, toString(was.until), head([(r)-[:RESOLVED_TO]->(now:Customer) | now.number])]
    LIMIT 20000
  }
}) AS former
