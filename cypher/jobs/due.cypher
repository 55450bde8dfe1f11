// Whether a job of these kinds could be claimed now.
// Parameters: kinds. Columns: due. Index: job_next_at.
WITH datetime.realtime() AS now
RETURN EXISTS { MATCH (j:Job) WHERE j.nextAt <= now AND j.kind IN $kinds } AS due
