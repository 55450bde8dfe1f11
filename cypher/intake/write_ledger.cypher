// Appends ledger entries to the records that own them; an entry is never changed. EARNED is for the release before.
// Parameters: batch.ledger [{key, record, cause (transaction), at, points, kind, brand, reason, expires, account}].
// Index: ledger_entry_key, source_record_key, transaction_key.
UNWIND $batch.ledger AS row
MATCH (r:SourceRecord {key: row.record})
MATCH (t:Transaction {key: row.cause})
CREATE (r)-[:BOOKED]->(l:LedgerEntry {
  key: row.key,
  points: row.points,
  kind: row.kind,
  brand: row.brand,
  at: datetime(row.at),
  reason: row.reason,
  expires: date(row.expires),
  account: row.account
})-[:FOR]->(t)
CREATE (t)-[:EARNED]->(l)
