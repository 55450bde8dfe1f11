// Events that were refused between two times, in the order in which they came.
// Parameters: after, until (RFC 3339), size. Columns: at, row {id, source, format, pointer, reason, hint, sealed}.
// Index: quarantined_received.
MATCH (q:Quarantined)
WHERE datetime($after) < q.receivedAt <= datetime($until)
WITH q.receivedAt AS at
ORDER BY at
LIMIT $size
WITH max(at) AS until
MATCH (q:Quarantined)
WHERE datetime($after) < q.receivedAt <= until
WITH q
ORDER BY q.receivedAt, q.id
RETURN toString(q.receivedAt) AS at, q {.id, .source, .format, .pointer, .reason, .hint, .sealed} AS row
