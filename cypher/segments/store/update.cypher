// Changes a stored segment. Where it is followed, all customers are checked again, and moves are reported.
// Parameters: id, name, nameKey (lower case), rule. Columns: id, name, rule, createdAt; no row where there is none, or
// another one has this name. Index: segment_id.
// allows: Eager (one segment; the others' names are read first), NodeByLabelScan (all of at most 500)
MATCH (g:Segment {id: $id})
WHERE NOT EXISTS {
  MATCH (other:Segment)
  WHERE coalesce(other.nameKey, toLower(other.name)) = $nameKey AND other.id <> $id
}
SET g.name = $name, g.nameKey = $nameKey, g.rule = $rule
FOREACH (_ IN CASE WHEN g.followedUntil IS NULL THEN [] ELSE [1] END |
  SET g.silent = g.silent AND g.sweptTo IS NOT NULL, g.sweptTo = '')
RETURN g.id AS id, g.name AS name, g.rule AS rule, toString(g.createdAt) AS createdAt
