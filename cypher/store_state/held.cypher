// How much a store holds, from its own statistics: a restored store is compared with them.
// Parameters: none. Columns: one row of counts. Index: none.
RETURN
  COUNT { (:Customer) } AS customers,
  COUNT { (:SourceRecord) } AS records,
  COUNT { (:Identifier) } AS identifiers,
  COUNT { (:Transaction) } AS transactions,
  COUNT { (:LedgerEntry) } AS entries,
  COUNT { (:Event) } AS events,
  COUNT { (:Decision) } AS decisions,
  COUNT { (:AuditEntry) } AS audited,
  COUNT { (:Quarantined) } AS quarantined,
  COUNT { ()-[:RESOLVED_TO]->() } AS resolved
