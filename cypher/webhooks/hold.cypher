// After a restore: each webhook waits until somebody enables it, as the store may be a copy.
// Parameters: reason. Columns: none. Index: none.
// allows: NodeByLabelScan (all of at most 100)
MATCH (w:Webhook)
WHERE w.active
SET w.active = false, w.reason = $reason
