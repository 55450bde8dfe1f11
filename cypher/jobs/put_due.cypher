// Makes the jobs of recurring kinds for the moment that was due last, by the store's clock: each kind and moment once.
// Parameters: batch.kinds [{kind, every (ms), id}]. Columns: none. Index: job_key.
UNWIND $batch.kinds AS row
WITH row, toString(datetime({epochMillis: (timestamp() / row.every) * row.every})) AS moment
MERGE (j:Job {key: row.kind + '|' + moment})
  ON CREATE SET
    j.id = row.id,
    j.kind = row.kind,
    j.about = moment,
    j.progress = '{}',
    j.tries = 0,
    j.createdAt = datetime(),
    j.nextAt = datetime()
