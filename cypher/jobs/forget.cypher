// Deletes jobs that did their work, or were cancelled, more than so many days ago. Dead ones wait for somebody.
// Parameters: days, size. Columns: deleted. Index: job_ended_at.
// allows: Eager (they are found before they are deleted)
MATCH (j:Job)
WHERE j.endedAt < datetime() - duration({days: $days}) AND j.ended <> 'dead'
WITH j
LIMIT $size
DETACH DELETE j
RETURN count(*) AS deleted
