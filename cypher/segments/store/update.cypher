// Changes a stored segment. Where it is followed, all customers are checked again, and moves are reported.
// Parameters: id, name, rule. Columns: id, name, rule, createdAt; no row where there is none. Index: segment_id.
MATCH (g:Segment {id: $id})
SET g.name = $name, g.rule = $rule
FOREACH (_ IN CASE WHEN g.followedUntil IS NULL THEN [] ELSE [1] END |
  SET g.silent = g.silent AND g.sweptTo IS NOT NULL, g.sweptTo = '')
RETURN g.id AS id, g.name AS name, g.rule AS rule, toString(g.createdAt) AS createdAt
