// Writes which loyalty cards are blocked from now on, which no longer, and which card replaced them.
// Parameters: batch.cards [{key, at, reason, by}], sorted. at: null if it is not blocked any more; by: the new
// card's key, or null.
// Index: identifier_key.
// allows: Eager (rows of one batch)
UNWIND $batch.cards AS row
MATCH (i:Identifier {key: row.key})
SET i.cardBlockedAt = datetime(row.at), i.cardReason = row.reason
WITH i, row
MATCH (new:Identifier {key: row.by})
MERGE (i)-[:REPLACED_BY]->(new)
