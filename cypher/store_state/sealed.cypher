// Any sealed record, to check whether the vault key belongs to this store.
// Parameters: none. Columns: key, sealed. Index: none.
// allows: NodeByLabelScan (it ends at the first record)
MATCH (r:SourceRecord)
WHERE r.sealed IS NOT NULL
RETURN r.key AS key, r.sealed AS sealed
LIMIT 1
