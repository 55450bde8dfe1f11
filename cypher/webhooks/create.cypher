// Stores a new webhook, unless the maximum number is stored.
// Parameters: id, props {sealed, types, brands, createdBy}, most. Columns: id; no row where nothing is stored.
// Index: webhook_id.
// allows: Eager (one webhook; all are counted first)
WITH $id AS id
WHERE COUNT { MATCH (:Webhook) } < $most
CREATE (w:Webhook {id: id})
SET w += $props, w.active = true, w.createdAt = datetime()
RETURN w.id AS id
