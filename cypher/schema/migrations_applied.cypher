// The migrations that were applied to this store.
// Parameters: none. Columns: version, checksum. Index: none.
// allows: NodeByLabelScan (a handful of migrations)
MATCH (m:Migration)
RETURN m.version AS version, m.checksum AS checksum
ORDER BY version
