// Ledger entries hang on the source record that owns them: each is booked on the record that owns its transaction now.
// It is run again for the entries that processes of the release before have written since (`graph/unbooked_entries.py`).
MATCH (t:Transaction)
CALL (t) {
  MATCH (r:SourceRecord)-[:MADE]->(t)-[:EARNED]->(l:LedgerEntry)
  WHERE NOT EXISTS { (:SourceRecord)-[:BOOKED]->(l) }
  MERGE (r)-[:BOOKED]->(l)
  MERGE (l)-[:FOR]->(t)
} IN TRANSACTIONS OF 1000 ROWS;
