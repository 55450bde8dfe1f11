// Every source record with its customer, identifier types and events, to compare with a world's truth.
// Parameters: none. Columns: record, customer, types, events. Index: none, it reads everything by design.
// allows: NodeByLabelScan (a measurement of the whole store)
MATCH (c:Customer)<-[:RESOLVED_TO]-(r:SourceRecord)
RETURN
  r.key AS record,
  c.number AS customer,
  [(r)-[:HAS_IDENTIFIER]->(i) WHERE NOT i.blocked | i.type] AS types,
  [(r)-[:SENT]->(e) | e.key] AS events
