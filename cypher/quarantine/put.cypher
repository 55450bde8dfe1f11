// Keeps refused events, each once: a known event stays unchanged, also where it was dropped or replayed.
// Parameters: rows [{id, source, format, pointer, reason, hint, receivedAt, sealed (null where it was too large)}].
// Columns: none. Index: quarantined_id.
UNWIND $rows AS row
MERGE (q:Quarantined {id: row.id})
ON CREATE SET
  q.source = row.source,
  q.format = row.format,
  q.pointer = row.pointer,
  q.reason = row.reason,
  q.hint = row.hint,
  q.receivedAt = row.receivedAt,
  q.sealed = row.sealed,
  q.status = 'waiting'
