// Changes a webhook, unless somebody else has changed its sealed part since it was read.
// Parameters: id, was (its sealed part), props {sealed, types, active, reason, replay, resumed} (what changes; null
// removes). Columns: id; no row if nothing was changed.
// Index: webhook_id.
MATCH (w:Webhook {id: $id})
REMOVE w._lock
WITH w
WHERE w.sealed = $was
SET w += $props
RETURN w.id AS id
