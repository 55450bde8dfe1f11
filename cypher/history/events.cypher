// Accepted events in the order of their commits, after a time: whole commits, and at least one.
// Parameters: after (RFC 3339), size. Columns: at, key, sealed. Index: event_received.
MATCH (e:Event)
WHERE e.receivedAt > datetime($after)
WITH e.receivedAt AS at
ORDER BY at
LIMIT $size
WITH max(at) AS until
MATCH (e:Event)
WHERE datetime($after) < e.receivedAt <= until
WITH e
ORDER BY e.receivedAt, e.key
RETURN toString(e.receivedAt) AS at, e.key AS key, e.sealed AS sealed
