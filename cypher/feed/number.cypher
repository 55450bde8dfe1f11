// Gives each batch of events without a place its place in the feed. Only readers take this lock, so writers never wait for
// it, and a batch that is committed late gets a late place: no reader that keeps its cursor misses it.
// Parameters: most. Columns: numbered. Index: feed_batch_pending, feed_id.
// allows: Eager (batches are found before they are numbered)
MERGE (f:Feed {id: 'feed'})
  ON CREATE SET f.last = 0
REMOVE f._lock
WITH f
MATCH (b:FeedBatch {pending: true})
WITH f, b
ORDER BY b.written
LIMIT $most
WITH f, f.last AS last, collect(b) AS found
SET f.last = last + size(found)
WITH last, found
UNWIND range(1, size(found)) AS n
WITH last + n AS place, found[n - 1] AS b
SET b.place = place
REMOVE b.pending
RETURN count(b) AS numbered
