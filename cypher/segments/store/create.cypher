// Stores a new segment, unless the maximum number is stored.
// Parameters: id, name, rule, most. Columns: id, name, rule, createdAt; no row where there are too many. Index: segment_id.
// allows: Eager (one segment; all are counted first)
WITH $id AS id
WHERE COUNT { MATCH (:Segment) } < $most
MERGE (g:Segment {id: id})
  ON CREATE SET g.createdAt = datetime(), g.name = $name, g.rule = $rule
RETURN g.id AS id, g.name AS name, g.rule AS rule, toString(g.createdAt) AS createdAt
