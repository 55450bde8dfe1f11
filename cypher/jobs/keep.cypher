// Prolongs the leases of running jobs; one that another process has, or that was cancelled, gives no row.
// Parameters: rows [{id, lease}], seconds. Columns: id. Index: job_id.
UNWIND $rows AS row
MATCH (j:Job {id: row.id})
REMOVE j._lock
WITH j, row
WHERE j.lease = row.lease
SET j.nextAt = datetime.realtime() + duration({seconds: $seconds})
RETURN j.id AS id
