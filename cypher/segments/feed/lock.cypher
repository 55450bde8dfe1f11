// Locks the feed, follows the segments that are waited for, and locks and returns all followed segments: a segment that
// was not followed begins again, with a silent check of all customers.
// Parameters: waited [id], now and until (ms). Columns: now (the store's clock behind the lock, ms: it never goes back
// between looks), place (the feed's last), followed [{id, rule, sweptTo, silent}].
// Index: segment_feed_id, segment_id.
// allows: Eager (one feed and at most 500 segments; they are locked before they are read)
// allows: NodeByLabelScan (all of at most 500)
MERGE (f:SegmentFeed {id: 'feed'})
  ON CREATE SET f.place = 0, f.forgotten = 0
REMOVE f._lock
WITH f
CALL (f) {
  UNWIND $waited AS id
  MATCH (g:Segment {id: id})
  REMOVE g._lock
  WITH f, g, coalesce(g.followedUntil < $now, true) AS anew
  SET g.followedUntil = $until
  FOREACH (_ IN CASE WHEN anew THEN [1] ELSE [] END |
    SET g.since = f.place, g.sweptTo = '', g.silent = true)
}
WITH f
OPTIONAL MATCH (g:Segment)
WHERE g.followedUntil >= $now
WITH f, g
ORDER BY g.id
REMOVE g._lock
WITH f, collect(g) AS locked
RETURN
  datetime.realtime().epochMillis AS now,
  f.place AS place,
  [g IN locked | g {.id, .rule, .sweptTo, .silent}] AS followed
