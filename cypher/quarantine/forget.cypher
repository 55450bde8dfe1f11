// Removes the oldest resolved events, when the limit on their number is met; reads all of them, which is rare.
// Parameters: most (how many to remove). Columns: removed. Index: quarantined_id.
MATCH (q:Quarantined)
WHERE q.id > '' AND q.status <> 'waiting'
WITH q
ORDER BY q.receivedAt, q.id
LIMIT $most
DELETE q
RETURN count(*) AS removed
