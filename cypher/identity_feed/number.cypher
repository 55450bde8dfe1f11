// Gives each change without a place its place in the feed. Only readers take this lock, so writers never wait for it,
// and a change that is committed late gets a late place: no reader that keeps its cursor misses it.
// Parameters: batch.most. Index: identity_change_pending, identity_feed_id.
// allows: Eager (changes are found before they are numbered)
CALL () {
  MATCH (x:IdentityChange {pending: true})
  RETURN x AS first
  LIMIT 1
}
MERGE (f:IdentityFeed {id: 'feed'})
  ON CREATE SET f.last = 0
REMOVE f._lock
WITH f
MATCH (x:IdentityChange {pending: true})
WITH f, x
ORDER BY x.written, x.key
LIMIT $batch.most
WITH f, f.last AS last, collect(x) AS found
SET f.last = last + size(found)
WITH last, found
UNWIND range(1, size(found)) AS n
WITH last, n, found[n - 1] AS x
SET x.place = last + n
REMOVE x.pending
