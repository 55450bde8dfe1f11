// A page of the sums of active customers, by number.
// Parameters: after (a number, or empty), size. Columns: number, stats. Index: customer_number.
MATCH (c:Customer)
WHERE c.number > $after AND c.status = 'active'
RETURN c.number AS number, c.stats AS stats
ORDER BY number
LIMIT $size
