// The changes before a place in the feed, the nearest first.
// Parameters: batch.before, batch.size. Columns: changes [{place, kind, fromNumber, toNumber, …}].
// Index: identity_change_place.
MATCH (x:IdentityChange)
WHERE x.place < $batch.before
WITH x
ORDER BY x.place DESC
LIMIT $batch.size
RETURN collect(x {.place, .kind, .fromNumber, .toNumber, .records, .reason, .actor, at: toString(x.at)}) AS changes
