// A page of refused events in order of id, without their content.
// Parameters: status (null for all), after (id), first. Columns: those of a Quarantined. Index: quarantined_id.
MATCH (q:Quarantined)
WHERE q.id > $after AND ($status IS NULL OR q.status = $status)
RETURN
  q.id AS id, q.source AS source, q.format AS format, q.pointer AS pointer, q.reason AS reason, q.hint AS hint,
  q.status AS status, toString(q.receivedAt) AS receivedAt
ORDER BY q.id
LIMIT $first
