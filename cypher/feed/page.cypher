// Batches of events from a place of the feed on.
// Parameters: place, size. Columns: place, events (JSON). Index: feed_batch_place.
MATCH (b:FeedBatch)
WHERE b.place >= $place
RETURN b.place AS place, b.events AS events
ORDER BY place
LIMIT $size
