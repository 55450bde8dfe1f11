// Lets the dead letters of a webhook be sent again.
// Parameters: id. Columns: none. Index: webhook_id.
MATCH (:Webhook {id: $id})<-[:OF]-(d:DeadLetter)
SET d.again = true
