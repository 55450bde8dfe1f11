// What was carried over from a system, by brand and last day.
// Parameters: reason (that of the entries). Columns: brand, expires (null: none), points. Index: none.
// allows: NodeByLabelScan (a report after an import)
MATCH (k:PointsCommand {kind: 'carry_over'})<-[:FOR]-(l:LedgerEntry {reason: $reason})
RETURN l.brand AS brand, toString(l.expires) AS expires, sum(l.points) AS points
