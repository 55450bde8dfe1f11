// One job by its id.
// Parameters: id. Columns: id, kind, about, state, tries, progress, nextAt, createdAt, startedAt, endedAt, error. Index: job_id.
MATCH (j:Job {id: $id})
RETURN
  j.id AS id,
  j.kind AS kind,
  j.about AS about,
  CASE
    WHEN j.ended IS NOT NULL THEN j.ended
    WHEN j.lease IS NOT NULL THEN 'running'
    WHEN j.nextAt IS NULL THEN 'asleep'
    ELSE 'waiting'
  END AS state,
  j.tries AS tries,
  j.progress AS progress,
  toString(j.nextAt) AS nextAt,
  toString(j.createdAt) AS createdAt,
  toString(j.startedAt) AS startedAt,
  toString(j.endedAt) AS endedAt,
  j.error AS error
