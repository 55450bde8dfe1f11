// Writes published versions of another store or of the journal; those that are there already stay as they are.
// Parameters: batch.versions [{version, starts, text, publishedBy, publishedAt}], batch.bonuses (whether any has bonuses).
// Columns: none.
// Index: programme_id, programme_version.
MERGE (p:Programme {id: 'programme'})
SET p.bonuses = coalesce(p.bonuses, false) OR $batch.bonuses
WITH p
UNWIND $batch.versions AS row
MERGE (v:ProgrammeVersion {version: row.version})
  ON CREATE SET
    v.starts = datetime(row.starts),
    v.text = row.text,
    v.publishedBy = row.publishedBy,
    v.publishedAt = datetime(row.publishedAt)
WITH p, max(row.version) AS newest
SET p.newest = CASE WHEN coalesce(p.newest, 0) > newest THEN p.newest ELSE newest END
