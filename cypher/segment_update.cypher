// Changes a stored segment.
// Parameters: id, name, rule. Columns: id, name, rule, createdAt; no row where there is none. Index: segment_id.
MATCH (g:Segment {id: $id})
SET g.name = $name, g.rule = $rule
RETURN g.id AS id, g.name AS name, g.rule AS rule, toString(g.createdAt) AS createdAt
