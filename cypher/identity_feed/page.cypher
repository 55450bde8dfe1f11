// The changes after a place in the feed.
// Parameters: batch.after, batch.size. Columns: changes [{place, kind, fromNumber, toNumber, …}].
// Index: identity_change_place.
MATCH (x:IdentityChange)
WHERE x.place > $batch.after
WITH x
ORDER BY x.place
LIMIT $batch.size
RETURN collect(x {.place, .kind, .fromNumber, .toNumber, .records, .reason, .actor, at: toString(x.at)}) AS changes
