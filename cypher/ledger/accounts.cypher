// What came into hand from each account, or left it where negative; from the programme where the account is null.
// Parameters: none. Columns: account, points. Index: none.
// allows: NodeByLabelScan (a report of the whole store)
MATCH (l:LedgerEntry)
RETURN l.account AS account, sum(l.points) AS points
