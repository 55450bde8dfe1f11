// The result of hard loads: shared identifiers, large components by their records, and customers.
// Parameters: none. Columns: shared, components, customers.
// Index: identifier_shared, component_records.
// allows: NodeByLabelScan (a benchmark counts all customers)
RETURN
  COUNT { MATCH (i:Identifier {shared: true}) } AS shared,
  COLLECT { MATCH (k:Component) WHERE k.records > 0 RETURN k.records ORDER BY k.records DESC LIMIT 10 } AS components,
  COUNT { MATCH (c:Customer) WHERE c.status = 'active' } AS customers
