// Writes a commit's changes of customer numbers, for the feed. The store's clock orders commits behind one lock.
// Parameters: batch.changes [{key, kind, fromNumber, toNumber, records, reason, actor}]; batch.now. Index: none.
UNWIND $batch.changes AS row
CREATE (:IdentityChange {
  key: row.key,
  kind: row.kind,
  fromNumber: row.fromNumber,
  toNumber: row.toNumber,
  records: row.records,
  reason: row.reason,
  actor: row.actor,
  at: datetime($batch.now),
  written: datetime.realtime(),
  pending: true
})
