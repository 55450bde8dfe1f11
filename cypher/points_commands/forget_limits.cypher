// Deletes some limits of days before one, and what says how much was taken of them. Of a limit of which more was taken than
// a page holds, the rest follows in the next one.
// Parameters: kinds [text], before (day), size. Columns: deleted. Index: limit_key.
// allows: Eager (they are found before they are deleted)
CALL () {
  UNWIND $kinds AS kind
  MATCH (l:Limit)
  WHERE kind + '|' < l.key < kind + '|' + $before
  OPTIONAL MATCH (l)<-[taken:TAKES]-(:PointsCommand)
  RETURN l, taken
  LIMIT $size
}
WITH collect(DISTINCT l) AS limits, collect(taken) AS takes, count(*) AS deleted
FOREACH (taken IN takes | DELETE taken)
WITH limits, deleted
CALL (limits) {
  UNWIND limits AS l
  WITH l
  WHERE NOT EXISTS { (l)<-[:TAKES]-(:PointsCommand) }
  DELETE l
}
RETURN deleted
