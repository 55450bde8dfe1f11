// The customers to check next: those written since the last look, those that time alone may have moved, and the next
// ones that followed segments have not checked yet. Nothing is locked, so all of it may have changed when it is used.
// Parameters: size (of each), waited [id]. Columns: now (the store's clock, ms), known [id] (those waited for that are
// stored), written [number], due [number], start (number after which the page begins, where there is one), page [number].
// Index: segment_id, customer_segments_pending, customer_segments_due, segment_swept_to, customer_number.
WITH timestamp() AS now
WITH now, COLLECT {
  MATCH (g:Segment)
  WHERE g.sweptTo >= '' AND g.followedUntil >= now
  RETURN g.sweptTo ORDER BY g.sweptTo LIMIT 1
}[0] AS start
RETURN
  now,
  [id IN $waited WHERE EXISTS { MATCH (:Segment {id: id}) }] AS known,
  COLLECT { MATCH (c:Customer {segmentsPending: true}) RETURN c.number LIMIT $size } AS written,
  COLLECT { MATCH (c:Customer) WHERE c.segmentsDue <= now RETURN c.number ORDER BY c.segmentsDue LIMIT $size } AS due,
  start,
  COLLECT { MATCH (c:Customer) WHERE c.number > start RETURN c.number ORDER BY c.number LIMIT $size } AS page
