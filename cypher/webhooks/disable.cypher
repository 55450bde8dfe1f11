// Switches a webhook off that cannot be delivered to, and says why.
// No row where somebody changed it since it was read: its state, its address or its secrets.
// Parameters: id, was (its sealed part), resumed (or null), reason. Columns: id. Index: webhook_id.
MATCH (w:Webhook {id: $id})
REMOVE w._lock
WITH w
WHERE w.active AND w.sealed = $was AND coalesce(w.resumed, '') = coalesce($resumed, '')
SET w.active = false, w.reason = $reason
RETURN w.id AS id
