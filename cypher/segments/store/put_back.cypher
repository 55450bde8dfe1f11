// Makes the stored segments those that are given, and no others.
// Parameters: segments [{id, name, rule, createdAt}]. Columns: none. Index: segment_id.
// allows: Eager, NodeByLabelScan (at most 500 segments)
CALL () {
  MATCH (g:Segment)
  WHERE NOT g.id IN [row IN $segments | row.id]
  DETACH DELETE g
}
CALL () {
  UNWIND $segments AS row
  MERGE (g:Segment {id: row.id})
  SET g.name = row.name, g.rule = row.rule, g.createdAt = datetime(row.createdAt)
}
