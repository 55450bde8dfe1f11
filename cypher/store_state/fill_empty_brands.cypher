// An import cannot write empty lists: customers without a visit get theirs here, as live intake writes it.
// Parameters: none. Index: none.
// allows: NodeByLabelScan (once, after an import)
MATCH (c:Customer {status: 'active'})
WHERE c.brands IS NULL
CALL (c) {
  SET c.brands = []
} IN TRANSACTIONS OF 10000 ROWS
