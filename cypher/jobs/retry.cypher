// Lets a job run again now that is dead or cancelled, or that waits. No row where it runs, or has done its work.
// Parameters: id. Columns: id. Index: job_id.
MATCH (j:Job {id: $id})
REMOVE j._lock
WITH j
WHERE j.lease IS NULL AND coalesce(j.ended, '') <> 'done'
SET j.nextAt = datetime.realtime(), j.tries = 0
REMOVE j.ended, j.endedAt
RETURN j.id AS id
