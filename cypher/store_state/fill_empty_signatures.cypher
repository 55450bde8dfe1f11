// The import knows no empty list: records without a name get theirs as live intake writes it.
// Parameters: none. Index: none.
// allows: NodeByLabelScan (once, after an import)
MATCH (r:SourceRecord)
WHERE r.signatures IS NULL
CALL (r) {
  SET r.signatures = []
} IN TRANSACTIONS OF 10000 ROWS
