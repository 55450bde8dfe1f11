// Points source records to their customer; their former customer becomes history.
// Parameters: batch.resolved [{record, number, rule, via, reason}]; batch.now; batch.decision, if an agent's.
// Index: source_record_key, customer_number.
// allows: Eager (rows of one batch; a record's customer is read before it moves)
UNWIND $batch.resolved AS row
MATCH (r:SourceRecord {key: row.record})
MATCH (c:Customer {number: row.number})
OPTIONAL MATCH (r)-[old:RESOLVED_TO]->(was:Customer)
FOREACH (_ IN CASE WHEN was IS NULL THEN [] ELSE [1] END |
  CREATE (r)-[:WAS_RESOLVED_TO {
    since: old.since,
    until: datetime($batch.now),
    reason: row.reason,
    decision: $batch.decision
  }]->(was)
  DELETE old)
CREATE (r)-[:RESOLVED_TO {since: datetime($batch.now), rule: row.rule, via: row.via, decision: $batch.decision}]->(c)
