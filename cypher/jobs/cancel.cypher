// Ends a job that has not done its work; a process that runs it stops at its next sign of life.
// Parameters: id. Columns: id; no row where there is none, or it has ended. Index: job_id.
MATCH (j:Job {id: $id})
REMOVE j._lock
WITH j
WHERE coalesce(j.ended, 'dead') = 'dead'
SET j.ended = 'cancelled', j.endedAt = datetime.realtime()
REMOVE j.nextAt, j.lease, j.woken
RETURN j.id AS id
