// The place from which on the feed has all that was written since a moment. No row where nothing was.
// Parameters: at (RFC 3339). Columns: place. Index: feed_batch_written.
MATCH (b:FeedBatch)
WHERE b.written >= datetime($at)
WITH min(b.place) AS place
WHERE place IS NOT NULL
RETURN place
