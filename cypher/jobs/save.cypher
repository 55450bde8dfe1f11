// Stores how far a running job is, prolongs its lease and counts its tries anew. No row where another process has it, or
// where it was cancelled.
// Parameters: id, lease, seconds, progress (JSON). Columns: id. Index: job_id.
MATCH (j:Job {id: $id})
REMOVE j._lock
WITH j
WHERE j.lease = $lease
SET j.progress = $progress, j.tries = 1, j.nextAt = datetime.realtime() + duration({seconds: $seconds})
RETURN j.id AS id
