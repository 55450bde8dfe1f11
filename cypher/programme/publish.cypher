// Publishes a version of the programme, and ends its draft.
// Parameters: batch {version, starts, text, draft, by, at}. Columns: none. Index: programme_id.
MATCH (p:Programme {id: 'programme'})
SET p.newest = $batch.version
REMOVE p.draftId, p.draft, p.draftBy, p.draftAt
CREATE (:ProgrammeVersion {
  version: $batch.version,
  starts: datetime($batch.starts),
  text: $batch.text,
  draft: $batch.draft,
  publishedBy: $batch.by,
  publishedAt: datetime($batch.at)
})
