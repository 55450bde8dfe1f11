// Jobs, those that were made last first.
// Parameters: kind and state (or null for all), size.
// Columns: id, kind, about, state, tries, nextAt, createdAt, startedAt, endedAt, error. Index: none.
// allows: NodeByLabelScan (ended jobs are deleted after a month)
MATCH (j:Job)
WITH
  j,
  CASE
    WHEN j.ended IS NOT NULL THEN j.ended
    WHEN j.lease IS NOT NULL THEN 'running'
    WHEN j.nextAt IS NULL THEN 'asleep'
    ELSE 'waiting'
  END AS state
WHERE ($kind IS NULL OR j.kind = $kind) AND ($state IS NULL OR state = $state)
RETURN
  j.id AS id,
  j.kind AS kind,
  j.about AS about,
  state,
  j.tries AS tries,
  toString(j.nextAt) AS nextAt,
  toString(j.createdAt) AS createdAt,
  toString(j.startedAt) AS startedAt,
  toString(j.endedAt) AS endedAt,
  j.error AS error
ORDER BY createdAt DESC, id
LIMIT $size
