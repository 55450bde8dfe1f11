// Part: the first enrolment of the customer in the loyalty programme, null if there is none.
// Expects: c. Column: part.
head(COLLECT {
  MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord)
  WHERE r.enrolledClock IS NOT NULL
  WITH r
  ORDER BY r.enrolledClock
  LIMIT 1
  RETURN {
    at: toString(r.enrolledAt),
    channel: r.enrolledChannel,
    brand: head(COLLECT { MATCH (b:Brand) WHERE b.id = r.enrolledBrand RETURN [b.id, b.name] }),
    store: r.enrolledStore
  }
}) AS part
