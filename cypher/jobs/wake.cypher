// Wakes jobs of a kind, all or those about some things: one that sleeps is due now, and one that runs is due again at once
// after it. One that waits for its moment waits on, unless `hurry`: then also one that is dead or cancelled runs again.
// Parameters: batch.kind, batch.about [text] or null for all, batch.hurry. Columns: none. Index: job_kind.
MATCH (j:Job {kind: $batch.kind})
WHERE $batch.about IS NULL OR j.about IN $batch.about
WITH j
ORDER BY j.key
REMOVE j._lock
WITH collect(j) AS jobs
FOREACH (j IN [one IN jobs WHERE one.ended IS NULL OR ($batch.hurry AND one.ended <> 'done')] |
  SET
    j.tries = CASE WHEN j.ended IS NULL THEN j.tries ELSE 0 END,
    j.woken = CASE
      WHEN j.lease IS NULL THEN null
      WHEN $batch.hurry OR j.woken = 'hurry' THEN 'hurry'
      ELSE 'soon'
    END,
    j.nextAt = CASE
      WHEN j.lease IS NULL AND (j.nextAt IS NULL OR $batch.hurry) THEN datetime.realtime()
      ELSE j.nextAt
    END
  REMOVE j.ended, j.endedAt
)
