// Locks the programme and reads what a publication depends on.
// Parameters: batch.draft (id). Columns: newest, text (of this draft; null: there is another one, or none), published
// [version, starts] of this draft if it was published before; latest [version, starts, text]: the version that starts last;
// ordered: the time of the latest order. Index: programme_id, programme_version, transaction_at.
// allows: Eager (one row)
MERGE (p:Programme {id: 'programme'})
REMOVE p._lock
RETURN
  coalesce(p.newest, 0) AS newest,
  CASE WHEN p.draftId = $batch.draft THEN p.draft END AS text,
  head(COLLECT {
    MATCH (v:ProgrammeVersion)
    WHERE v.version > 0 AND v.draft = $batch.draft
    RETURN [v.version, toString(v.starts)]
  }) AS published,
  head(COLLECT {
    MATCH (v:ProgrammeVersion)
    WHERE v.version > 0
    RETURN [v.version, toString(v.starts), v.text]
    ORDER BY v.starts DESC, v.version DESC
    LIMIT 1
  }) AS latest,
  head(COLLECT { MATCH (t:Transaction) WHERE t.at IS NOT NULL RETURN toString(t.at) ORDER BY t.at DESC LIMIT 1 }) AS ordered
