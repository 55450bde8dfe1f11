// Opens every segment query: known, active customers for which the condition that follows holds. Gives: c.
// allows: NodeByLabelScan (a condition may hold for any guest, and most conditions have no index)
MATCH (c:Customer {status: 'active', known: true})
WHERE
