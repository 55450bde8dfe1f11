// What the orders of one source earned by themselves, by brand, as the ledger has it.
// Parameters: source. Columns: brand, points. Index: none.
// allows: NodeByLabelScan (a benchmark reads all of them)
MATCH (t:Transaction {source: $source})<-[:FOR]-(l:LedgerEntry)
WHERE l.account IS NULL
RETURN l.brand AS brand, sum(l.points) AS points
ORDER BY brand
