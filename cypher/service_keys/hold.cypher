// After a restore: each service key waits until somebody confirms it. One that is revoked stays so.
// Parameters: none. Columns: none. Index: none.
// allows: NodeByLabelScan (there are as many as there are tills and integrations)
MATCH (k:ServiceKey)
WHERE k.revokedAt IS NULL
SET k.heldAt = coalesce(k.heldAt, datetime())
