// Locks the programme and reads what a publication depends on.
// Parameters: batch {draft (id), starts}. Columns: newest, text (of this draft; null: there is another one, or none),
// published [version, starts] of this draft if it was published before; ordered: whether an order is as late as `starts`.
// Index: programme_id, programme_version, transaction_at.
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
  EXISTS { MATCH (t:Transaction) WHERE t.at >= datetime($batch.starts) } AS ordered
