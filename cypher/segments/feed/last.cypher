// Where the feed of segment changes ends now. None before anything was followed.
// Parameters: none. Columns: last. Index: segment_feed_id.
MATCH (f:SegmentFeed {id: 'feed'})
RETURN f.place AS last
