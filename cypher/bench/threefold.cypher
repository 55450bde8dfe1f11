// Customers of three source records and fifteen orders at least, for every server of a comparison to read the same.
// Parameters: limit. Columns: number.
// allows: NodeByLabelScan (a benchmark's own store)
MATCH (c:Customer {status: 'active'})
WHERE c.records = 3 AND c.visits >= 15
RETURN c.number AS number
ORDER BY number
LIMIT $limit
