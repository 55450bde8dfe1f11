// Keeps the text of the next version of the programme, instead of the draft before.
// Parameters: batch {id, text, by, at}. Columns: none. Index: programme_id.
MERGE (p:Programme {id: 'programme'})
SET p.draftId = $batch.id, p.draft = $batch.text, p.draftBy = $batch.by, p.draftAt = datetime($batch.at)
