// Writes the read model of customers: golden fields, counters and times. Where the programme has bonuses, theirs are to be
// computed anew.
// Parameters: batch.customers [{number, props, joinedAt, firstVisitAt, lastVisitAt}], sorted; batch.now.
// Index: customer_number, programme_id.
// allows: Eager (rows of one batch; += may set any property, the planner assumes)
OPTIONAL MATCH (p:Programme {id: 'programme'})
WITH p.bonuses AS bonuses
UNWIND $batch.customers AS row
MERGE (c:Customer {number: row.number})
  ON CREATE SET c.createdAt = datetime($batch.now)
SET
  c += row.props,
  c.firstVisitAt = datetime(row.firstVisitAt),
  c.lastVisitAt = datetime(row.lastVisitAt),
  c.segmentsPending = true,
  c.bonusesPending = CASE WHEN bonuses THEN true ELSE c.bonusesPending END
FOREACH (day IN CASE WHEN row.joinedAt IS NULL THEN [] ELSE [row.joinedAt] END | SET c.joinedAt = date(day))
