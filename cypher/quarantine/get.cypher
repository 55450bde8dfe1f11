// Refused events by id, with their content (sealed). Parameters: ids. Columns: those of a Quarantined, sealed.
// Index: quarantined_id.
MATCH (q:Quarantined)
WHERE q.id IN $ids
RETURN
  q.id AS id, q.source AS source, q.format AS format, q.pointer AS pointer, q.reason AS reason, q.hint AS hint,
  q.status AS status, toString(q.receivedAt) AS receivedAt, q.sealed AS sealed
ORDER BY q.id
