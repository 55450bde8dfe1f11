// Customers with at least three source records and fifteen orders, so that all compared servers read the same ones.
// Parameters: limit. Columns: number.
// allows: NodeByLabelScan (a benchmark's own store)
MATCH (c:Customer {status: 'active'})
WHERE c.records = 3 AND c.visits >= 15
RETURN c.number AS number
ORDER BY number
LIMIT $limit
