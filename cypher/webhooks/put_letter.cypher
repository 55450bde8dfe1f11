// Keeps an event that a receiver refuses. No row where there are too many others.
// Parameters: id (of the webhook), key, event, type, content (JSON), why, most. Columns: key.
// Index: webhook_id, dead_letter_key.
// allows: Eager (one row)
MATCH (w:Webhook {id: $id})
WHERE COUNT { (w)<-[:OF]-() } < $most OR EXISTS { MATCH (:DeadLetter {key: $key}) }
MERGE (d:DeadLetter {key: $key})
  ON CREATE SET d.event = $event, d.type = $type, d.content = $content
MERGE (d)-[:OF]->(w)
SET d.why = $why, d.at = datetime()
REMOVE d.again
RETURN d.key AS key
