// Part: every stored segment, to test its rule on this customer.
// Expects: c. Column: part.
// allows: NodeByLabelScan (all of at most 500)
COLLECT {
  MATCH (g:Segment)
  RETURN {id: g.id, name: g.name, rule: g.rule, createdAt: toString(g.createdAt)}
  ORDER BY g.name, g.id
  LIMIT 500
} AS part
