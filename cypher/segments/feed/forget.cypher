// Deletes the oldest changes after their time of keeping. Parameters: before (ms), size. Columns: deleted.
// Index: segment_feed_id, segment_change_place.
// allows: Eager (a page of changes; the feed is locked first)
MATCH (f:SegmentFeed {id: 'feed'})
REMOVE f._lock
WITH f
CALL (f) {
  MATCH (x:SegmentChange)
  WHERE x.place > f.forgotten
  RETURN x ORDER BY x.place LIMIT $size
}
WITH f, x
WHERE x.at < $before
WITH f, collect(x) AS old, max(x.place) AS place
SET f.forgotten = coalesce(place, f.forgotten)
FOREACH (x IN old | DELETE x)
RETURN size(old) AS deleted
