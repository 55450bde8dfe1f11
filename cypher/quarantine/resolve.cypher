// Resolves waiting events and deletes their content: only the id remains, as a record of the decision.
// Parameters: ids, status ('replayed' or 'dropped'). Columns: id. Index: quarantined_id.
// allows: Eager (the ids of one call)
MATCH (q:Quarantined)
WHERE q.id IN $ids AND q.status = 'waiting'
SET q.status = $status
REMOVE q.sealed
RETURN q.id AS id
