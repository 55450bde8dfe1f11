// The state by which profiles change: the read models of the active customers that numbers, present or retired, lead
// to, and of the customers that source records belong to now.
// Parameters: numbers, keys (of source records). Columns: by ('number' or 'record'), whom, state.
// Index: customer_number, source_record_key.
CALL () {
  UNWIND $numbers AS number
  MATCH (:Customer {number: number})-[:MERGED_INTO*0..10000]->(c:Customer {status: 'active'})
  RETURN 'number' AS by, number AS whom, c
  UNION ALL
  UNWIND $keys AS key
  MATCH (:SourceRecord {key: key})-[:RESOLVED_TO]->(c:Customer)
  RETURN 'record' AS by, key AS whom, c
}
RETURN
  by,
  whom,
  [
    c.number, c.sealed, c.known, c.records, c.tier, c.visits, c.spendMinor, c.points, c.brands, c.stats, c.consents,
    toString(c.joinedAt), toString(c.lastVisitAt)
  ] AS state
