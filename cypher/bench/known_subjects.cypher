// Some guests whose source gave them an id, so that a benchmark can send their next order.
// Parameters: limit. Columns: number, record, sealed. Index: none.
// allows: NodeByLabelScan (a benchmark's sample)
MATCH (r:SourceRecord)-[:RESOLVED_TO]->(c:Customer)
WHERE r.source STARTS WITH 'app-' AND r.kind = 'known' AND c.visits >= 3
RETURN c.number AS number, r.key AS record, r.sealed AS sealed
LIMIT $limit
