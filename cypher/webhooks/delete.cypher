// Deletes a webhook with its dead letters, and the job of its deliveries.
// Parameters: id. Columns: id; no row where there is none. Index: webhook_id, job_key.
// allows: Eager (they are found before they are deleted)
MATCH (w:Webhook {id: $id})
OPTIONAL MATCH (j:Job {key: 'webhook.deliver|' + $id})
OPTIONAL MATCH (w)<-[:OF]-(d:DeadLetter)
DETACH DELETE w, j, d
RETURN DISTINCT $id AS id
