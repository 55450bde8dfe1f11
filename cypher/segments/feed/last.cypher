// Where the feed of segment changes ends now. No row before a segment was ever followed.
// Parameters: none. Columns: last. Index: segment_feed_id.
MATCH (f:SegmentFeed {id: 'feed'})
RETURN f.place AS last
