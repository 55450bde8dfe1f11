// Appends ledger entries; an entry is never changed.
// Parameters: rows [{key, transaction, at, props}]. Index: ledger_entry_key, transaction_key.
UNWIND $rows AS row
MATCH (t:Transaction {key: row.transaction})
CREATE (l:LedgerEntry {key: row.key})
SET l += row.props, l.at = datetime(row.at)
CREATE (t)-[:EARNED]->(l)
