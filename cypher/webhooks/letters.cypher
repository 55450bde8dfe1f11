// Dead letters of a webhook, the oldest first; `again`: only those that are to be sent again.
// Parameters: id, again, size. Columns: key, event, type, content, why, at. Index: webhook_id.
MATCH (:Webhook {id: $id})<-[:OF]-(d:DeadLetter)
WHERE NOT $again OR d.again
RETURN d.key AS key, d.event AS event, d.type AS type, d.content AS content, d.why AS why, toString(d.at) AS at
ORDER BY d.at, d.key
LIMIT $size
