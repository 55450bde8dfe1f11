// Removes the oldest resolved ones, when the bound on all of them is met; reads every one of them, which is rare.
// Parameters: most (how many to remove). Columns: removed. Index: quarantined_id.
MATCH (q:Quarantined)
WHERE q.id > '' AND q.status <> 'waiting'
WITH q
ORDER BY q.receivedAt, q.id
LIMIT $most
DELETE q
RETURN count(*) AS removed
