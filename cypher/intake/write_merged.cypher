// Retires customers into survivors, so that their numbers answer for ever; a revived number answers for itself again.
// Parameters: retired [{number, into, reason}], revived [text]; now.
// Columns: revived, retired (counts). Index: customer_number.
// allows: Eager (rows of one batch; = replaces any property, the planner fears)
CALL () {
  UNWIND $revived AS number
  MATCH (:Customer {number: number})-[old:MERGED_INTO]->(:Customer)
  DELETE old
  RETURN count(*) AS revived
}
CALL () {
  UNWIND $retired AS row
  MATCH (c:Customer {number: row.number})
  MATCH (s:Customer {number: row.into})
  SET c = {number: c.number, createdAt: c.createdAt, status: 'retired'}
  CREATE (c)-[:MERGED_INTO {at: datetime($now), reason: row.reason}]->(s)
  RETURN count(*) AS retired
}
RETURN revived, retired
