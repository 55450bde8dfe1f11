// Ends a job's run: the job ends as `ended` says, or it runs again after `delay` seconds. Without both it sleeps until
// somebody wakes it, and somebody may have while it ran: in a hurry, its delay does not count.
// No row where another process has it, or where it was cancelled.
// Parameters: id, lease, ended, delay, error, tries. Columns: id. Index: job_id.
MATCH (j:Job {id: $id})
REMOVE j._lock
WITH j
WHERE j.lease = $lease
WITH j, coalesce(j.woken, '') AS woken, datetime.realtime() AS now
SET
  j.nextAt = CASE
    WHEN $ended IS NOT NULL THEN null
    WHEN woken = 'hurry' THEN now
    WHEN $delay IS NOT NULL THEN now + duration({milliseconds: toInteger(1000 * $delay)})
    WHEN woken = 'soon' THEN now
  END,
  j.ended = $ended,
  j.endedAt = CASE WHEN $ended IS NOT NULL THEN now END,
  j.error = $error,
  j.tries = $tries
REMOVE j.lease, j.woken
RETURN j.id AS id
