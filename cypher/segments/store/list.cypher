// All stored segments by name.
// Columns: id, name, rule, createdAt. At most 500 are stored.
// allows: NodeByLabelScan (all of at most 500)
MATCH (g:Segment)
RETURN g.id AS id, g.name AS name, g.rule AS rule, toString(g.createdAt) AS createdAt
ORDER BY name, id
LIMIT 500
