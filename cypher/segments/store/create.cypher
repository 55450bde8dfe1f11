// Stores a new segment, unless the maximum number is stored, or one of this name.
// Parameters: id, name, nameKey (lower case), rule, most. Columns: id, name, rule, createdAt; no row where nothing is stored.
// Index: segment_id.
// allows: Eager (one segment; all are counted first)
// allows: NodeByLabelScan (all of at most 500)
WITH $id AS id
WHERE
  COUNT { MATCH (:Segment) } < $most
  AND NOT EXISTS { MATCH (other:Segment) WHERE coalesce(other.nameKey, toLower(other.name)) = $nameKey }
MERGE (g:Segment {id: id})
  ON CREATE SET g.createdAt = datetime(), g.name = $name, g.nameKey = $nameKey, g.rule = $rule
RETURN g.id AS id, g.name AS name, g.rule AS rule, toString(g.createdAt) AS createdAt
