// Gives due jobs to one process until its lease ends. A job whose lease is over is due as well. Jobs are locked first and
// then read again: what another process took meanwhile is not due any more.
// Parameters: kinds, size, look (how many to look at), lease (its token), seconds.
// Columns: id, kind, about, progress, tries, died. Index: job_next_at, job_id.
// allows: Eager (all are locked before any is read again)
CALL () {
  WITH datetime.realtime() AS now
  MATCH (j:Job)
  WHERE j.nextAt <= now AND j.kind IN $kinds
  WITH j
  ORDER BY j.nextAt, j.id
  LIMIT $look
  REMOVE j._lock
  RETURN collect(j.id) AS ids
}
UNWIND ids AS id
MATCH (j:Job {id: id})
WHERE j.nextAt <= datetime.realtime()
WITH j, j.lease IS NOT NULL AS died
ORDER BY j.nextAt, j.id
LIMIT $size
SET
  j.lease = $lease,
  j.nextAt = datetime.realtime() + duration({seconds: $seconds}),
  j.startedAt = datetime.realtime(),
  j.tries = j.tries + 1
REMOVE j.woken
RETURN j.id AS id, j.kind AS kind, j.about AS about, j.progress AS progress, j.tries AS tries, died
