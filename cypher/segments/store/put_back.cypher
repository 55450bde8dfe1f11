// Makes the stored segments those that are given, and no others.
// Parameters: rows [{id, name, rule, createdAt}]. Columns: none. Index: segment_id.
// allows: Eager (segments are few, and found before they are changed)
// allows: NodeByLabelScan (all of at most 500)
CALL () {
  MATCH (g:Segment)
  WHERE NOT g.id IN [row IN $rows | row.id]
  DETACH DELETE g
}
CALL () {
  UNWIND $rows AS row
  MERGE (g:Segment {id: row.id})
  SET g.name = row.name, g.rule = row.rule, g.createdAt = datetime(row.createdAt)
}
