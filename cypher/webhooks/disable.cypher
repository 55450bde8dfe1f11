// Switches a webhook off that cannot be delivered to, and says why.
// Parameters: id, reason. Columns: none. Index: webhook_id.
MATCH (w:Webhook {id: $id})
SET w.active = false, w.reason = $reason
