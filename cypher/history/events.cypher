// Accepted events in the order of their commits, between two times: whole commits, and one at least where there is any.
// Parameters: after, until (RFC 3339), size. Columns: at, key, sealed. Index: event_received.
MATCH (e:Event)
WHERE datetime($after) < e.receivedAt <= datetime($until)
WITH e.receivedAt AS at
ORDER BY at
LIMIT $size
WITH max(at) AS until
MATCH (e:Event)
WHERE datetime($after) < e.receivedAt <= until
WITH e
ORDER BY e.receivedAt, e.key
RETURN toString(e.receivedAt) AS at, e.key AS key, e.sealed AS sealed
