// The draft of the next version of the programme; no row where there is none.
// Parameters: none. Columns: id, text, by, at. Index: programme_id.
MATCH (p:Programme {id: 'programme'})
WHERE p.draft IS NOT NULL
RETURN p.draftId AS id, p.draft AS text, p.draftBy AS by, toString(p.draftAt) AS at
