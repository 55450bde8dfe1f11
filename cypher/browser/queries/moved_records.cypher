// Records that once belonged to another customer: from when, until when, and why that changed.
// Parameters: none. Columns: source, was, now, since, until, reason. Index: none, it stops at its limit.
// allows: DirectedRelationshipTypeScan (it stops at LIMIT)
MATCH (r)-[was:WAS_RESOLVED_TO]->(old)
WITH r, was, old
LIMIT 50
MATCH (r)-[:RESOLVED_TO]->(c:Customer)
RETURN
  r.source AS source,
  old.number AS was,
  c.number AS now,
  was.since AS since,
  was.until AS until,
  was.reason AS reason
ORDER BY until DESC
