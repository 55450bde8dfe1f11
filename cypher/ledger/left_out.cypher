// How many source records no active customer has, and how many ledger entries no record has: their points are nobody's.
// Parameters: none. Columns: records, entries. Index: none.
// allows: NodeByLabelScan (a check of the whole store)
RETURN
  COUNT { MATCH (r:SourceRecord) WHERE NOT EXISTS { (r)-[:RESOLVED_TO]->(:Customer {status: 'active'}) } } AS records,
  COUNT { MATCH (l:LedgerEntry) WHERE NOT EXISTS { (l)<-[:BOOKED]-(:SourceRecord) } } AS entries
