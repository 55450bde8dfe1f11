// All webhooks with the progress of their deliveries, or one by its id.
// Parameters: id, or null for all. Columns: id, sealed, types, brands, active, reason, replay, resumed, createdAt, createdBy,
// progress (JSON), jobEnded (dead or cancelled, or null), jobError, deadLetters.
// Index: webhook_id, job_key.
// allows: NodeByLabelScan (all of at most 100)
MATCH (w:Webhook)
WHERE $id IS NULL OR w.id = $id
OPTIONAL MATCH (j:Job {key: 'webhook.deliver|' + w.id})
RETURN
  w.id AS id,
  w.sealed AS sealed,
  w.types AS types,
  w.brands AS brands,
  w.active AS active,
  w.reason AS reason,
  w.replay AS replay,
  w.resumed AS resumed,
  toString(w.createdAt) AS createdAt,
  w.createdBy AS createdBy,
  j.progress AS progress,
  j.ended AS jobEnded,
  j.error AS jobError,
  COUNT { (w)<-[:OF]-(:DeadLetter) } AS deadLetters
ORDER BY createdAt, id
