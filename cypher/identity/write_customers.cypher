// Writes the read model of customers: golden fields, counters and times.
// Parameters: batch.customers [{number, props, joinedAt, firstVisitAt, lastVisitAt}], sorted; batch.now.
// Index: customer_number.
// allows: Eager (rows of one batch; += may set any property, the planner assumes)
UNWIND $batch.customers AS row
MERGE (c:Customer {number: row.number})
  ON CREATE SET c.createdAt = datetime($batch.now)
SET
  c += row.props,
  c.firstVisitAt = datetime(row.firstVisitAt),
  c.lastVisitAt = datetime(row.lastVisitAt),
  c.segmentsPending = true
FOREACH (day IN CASE WHEN row.joinedAt IS NULL THEN [] ELSE [row.joinedAt] END | SET c.joinedAt = date(day))
