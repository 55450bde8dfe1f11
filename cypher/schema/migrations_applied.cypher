// Which migrations this store has had.
// Parameters: none. Columns: version, checksum. Index: none.
// allows: NodeByLabelScan (a handful of migrations)
MATCH (m:Migration)
RETURN m.version AS version, m.checksum AS checksum
ORDER BY version
