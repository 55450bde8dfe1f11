// How a segment is followed. `ready`: all customers were checked, so that no later change is missed.
// Parameters: id. Columns: place (the feed's last), since (place where the following began, or null), forgotten (place up
// to which changes are no longer kept), ready; no row where there is no such segment. Index: segment_id, segment_feed_id.
MATCH (g:Segment {id: $id})
OPTIONAL MATCH (f:SegmentFeed {id: 'feed'})
RETURN
  f.place AS place,
  CASE WHEN g.followedUntil >= timestamp() THEN g.since END AS since,
  f.forgotten AS forgotten,
  g.followedUntil >= timestamp() AND (g.sweptTo IS NULL OR NOT g.silent) AS ready
