// Makes jobs that run as soon as a process is free; a job of the same kind about the same thing stays as it is.
// Parameters: batch.jobs [{id, key, kind, about, progress (JSON)}]. Columns: none. Index: job_key.
UNWIND $batch.jobs AS row
MERGE (j:Job {key: row.key})
  ON CREATE SET
    j.id = row.id,
    j.kind = row.kind,
    j.about = row.about,
    j.progress = row.progress,
    j.tries = 0,
    j.createdAt = datetime(),
    j.nextAt = datetime()
