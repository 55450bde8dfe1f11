// One stored segment.
// Parameters: id. Columns: id, name, rule, createdAt. Index: segment_id.
MATCH (g:Segment {id: $id})
RETURN g.id AS id, g.name AS name, g.rule AS rule, toString(g.createdAt) AS createdAt
