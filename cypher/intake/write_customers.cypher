// The read model of customers: golden fields, counters and times.
// Parameters: rows [{number, props, joinedAt, firstVisitAt, lastVisitAt}], sorted; now. Index: customer_number.
// allows: Eager (rows of one batch; += may set any property, the planner fears)
UNWIND $rows AS row
MERGE (c:Customer {number: row.number})
  ON CREATE SET c.createdAt = datetime($now)
SET
  c += row.props,
  c.firstVisitAt = datetime(row.firstVisitAt),
  c.lastVisitAt = datetime(row.lastVisitAt)
FOREACH (day IN CASE WHEN row.joinedAt IS NULL THEN [] ELSE [row.joinedAt] END | SET c.joinedAt = date(day))
