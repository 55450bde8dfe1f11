// Publishes a version of the programme, and ends its draft where it was one.
// Parameters: batch {version, starts, text, draft (id, or null), by, at, bonuses (whether it has any), reachesAll (whether
// bonuses and tiers of customers may change by it)}. Columns: none. Index: programme_id.
// allows: Eager (one row)
MATCH (p:Programme {id: 'programme'})
SET p.newest = $batch.version, p.bonuses = coalesce(p.bonuses, false) OR $batch.bonuses
FOREACH (ended IN CASE WHEN $batch.draft IS NOT NULL THEN [p] ELSE [] END |
  REMOVE ended.draftId, ended.draft, ended.draftBy, ended.draftAt
)
CREATE (:ProgrammeVersion {
  version: $batch.version,
  starts: datetime($batch.starts),
  text: $batch.text,
  draft: $batch.draft,
  publishedBy: $batch.by,
  publishedAt: datetime($batch.at),
  reachedAll: CASE WHEN $batch.reachesAll THEN null ELSE datetime($batch.at) END
})
