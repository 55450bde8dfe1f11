// Writes the read model of customers: golden fields, counters and times. Where the programme looks at all orders of a guest,
// bonuses and tier are to be computed anew. So they are where the tier changes, and `tierBefore` is what others know.
// Parameters: batch.customers [{number, props, lowestTier, joinedAt, firstVisitAt, lastVisitAt}], sorted; batch.now.
// props.tier is left out where orders must be looked at.
// Index: customer_number, programme_id.
// allows: Eager (rows of one batch; += may set any property, the planner assumes)
OPTIONAL MATCH (p:Programme {id: 'programme'})
WITH p.bonuses AS bonuses
UNWIND $batch.customers AS row
MERGE (c:Customer {number: row.number})
  ON CREATE SET c.createdAt = datetime($batch.now)
SET c.tier = coalesce(c.tier, row.lowestTier)
SET c.tierBefore = CASE WHEN row.props.tier <> c.tier THEN coalesce(c.tierBefore, c.tier) ELSE c.tierBefore END
SET
  c += row.props,
  c.firstVisitAt = datetime(row.firstVisitAt),
  c.lastVisitAt = datetime(row.lastVisitAt),
  c.segmentsPending = true,
  c.bonusesPending = CASE WHEN bonuses OR c.tierBefore IS NOT NULL THEN true ELSE c.bonusesPending END
FOREACH (day IN CASE WHEN row.joinedAt IS NULL THEN [] ELSE [row.joinedAt] END | SET c.joinedAt = date(day))
