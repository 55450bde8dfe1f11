// Appends ledger entries; an entry is never changed.
// Parameters: batch.ledger [{key, transaction, at, props}]. Index: ledger_entry_key, transaction_key.
UNWIND $batch.ledger AS row
MATCH (t:Transaction {key: row.transaction})
CREATE (t)-[:EARNED]->(:LedgerEntry {
  key: row.key,
  points: row.props.points,
  kind: row.props.kind,
  brand: row.props.brand,
  at: datetime(row.at),
  reason: row.props.reason
})
