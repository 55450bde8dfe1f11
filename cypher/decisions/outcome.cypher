// The customers that a decision is about, as they are now.
// Parameters: id (text), most (whole number). Columns: number, name, records [text]. Index: decision_id.
MATCH (d:Decision {id: $id})-[:OF*0..1]->(:Decision)-[:ABOUT]->(:SourceRecord)-[:RESOLVED_TO]->(c:Customer)
WITH DISTINCT c
RETURN
  c.number AS number,
  c.nameDisplay AS name,
  COLLECT { MATCH (r:SourceRecord)-[:RESOLVED_TO]->(c) RETURN r.key ORDER BY r.key LIMIT $most } AS records
