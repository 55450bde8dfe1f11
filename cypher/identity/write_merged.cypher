// Retires customers into survivors, so that their numbers stay valid for ever; a revived number is active again, and a
// redirected one follows its records to another customer.
// Parameters: batch.retired [{number, into, reason}], batch.revived [text], batch.redirected [{number, into}]; batch.now;
// batch.decision, if an agent's.
// Index: customer_number.
// allows: Eager (rows of one batch; = replaces any property, the planner assumes)
CALL () {
  UNWIND $batch.revived AS number
  MATCH (:Customer {number: number})-[old:MERGED_INTO]->(:Customer)
  DELETE old
}
CALL () {
  UNWIND $batch.retired AS row
  MATCH (c:Customer {number: row.number})
  MATCH (s:Customer {number: row.into})
  SET c = {number: c.number, createdAt: c.createdAt, status: 'retired', segments: c.segments, segmentsPending: true}
  CREATE (c)-[:MERGED_INTO {at: datetime($batch.now), reason: row.reason, decision: $batch.decision}]->(s)
}
CALL () {
  UNWIND $batch.redirected AS row
  MATCH (c:Customer {number: row.number})-[old:MERGED_INTO]->(:Customer)
  MATCH (s:Customer {number: row.into})
  DELETE old
  CREATE (c)-[:MERGED_INTO {at: datetime($batch.now), reason: 'its records moved', decision: $batch.decision}]->(s)
}
