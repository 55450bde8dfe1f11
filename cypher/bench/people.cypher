// Every person with its records, for an agent that decides at random.
// Parameters: none. Columns: number, records (sorted keys). Index: none.
// allows: NodeByLabelScan (a benchmark reads all of them)
MATCH (c:Customer {status: 'active'})
RETURN c.number AS number, COLLECT { MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord) RETURN r.key ORDER BY r.key } AS records
ORDER BY records[0]
