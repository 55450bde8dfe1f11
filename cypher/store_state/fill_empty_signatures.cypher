// An import cannot write empty lists: records without a name get theirs here, as live intake writes it.
// Parameters: none. Index: none.
// allows: NodeByLabelScan (once, after an import)
MATCH (r:SourceRecord)
WHERE r.signatures IS NULL
CALL (r) {
  SET r.signatures = []
} IN TRANSACTIONS OF 10000 ROWS
