// A page of customers by number, with all that a rebuilt store has to have again.
// Parameters: after (a number, or empty), size.
// Columns: number, status, into, records [text], sealed, values {tier, visits, …}. Index: customer_number.
MATCH (c:Customer)
WHERE c.number > $after
WITH c
ORDER BY c.number
LIMIT $size
RETURN
  c.number AS number,
  c.status AS status,
  head([(c)-[:MERGED_INTO]->(heir:Customer) | heir.number]) AS into,
  COLLECT { MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord) RETURN r.key ORDER BY r.key } AS records,
  c.sealed AS sealed,
  c {
    .tier, .known, .visits, .currency, .spendMinor, .points, .brands, .preferredChannel, .stats, .consents,
    createdAt: toString(c.createdAt), joinedAt: toString(c.joinedAt),
    firstVisitAt: toString(c.firstVisitAt), lastVisitAt: toString(c.lastVisitAt)
  } AS values
ORDER BY number
