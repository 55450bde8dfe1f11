// How much the store holds, for a summary. Each count comes from the store's own statistics where it has them.
// Parameters: none. Columns: one row of counts. Index: identifier_shared.
// allows: NodeByLabelScan (a summary of the whole store)
// allows: DirectedRelationshipTypeScan (a summary of the whole store)
RETURN
  COUNT { (e:Event) } AS events,
  COUNT { (r:SourceRecord) } AS records,
  COUNT { (i:Identifier) } AS identifiers,
  COUNT { (t:Transaction) } AS transactions,
  COUNT { (c:Customer) WHERE c.status = 'active' } AS customers,
  COUNT { (c:Customer) WHERE c.status = 'active' AND c.known } AS people,
  COUNT { (:Customer)-[m:MERGED_INTO]->(:Customer) } AS merges,
  COUNT { (i:Identifier) WHERE i.shared } AS shared,
  COUNT { (:Customer)-[k:KEPT_APART]->(:Customer) } AS keptApart
