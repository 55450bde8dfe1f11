// Keeps an event that a receiver refuses.
// Parameters: id (of the webhook), key, event, type, content (JSON), why. Columns: none. Index: webhook_id, dead_letter_key.
MATCH (w:Webhook {id: $id})
MERGE (d:DeadLetter {key: $key})
  ON CREATE SET d.event = $event, d.type = $type, d.content = $content
MERGE (d)-[:OF]->(w)
SET d.why = $why, d.at = datetime()
REMOVE d.again
