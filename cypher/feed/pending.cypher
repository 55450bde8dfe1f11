// Whether anything in the feed has no place yet.
// Parameters: none. Columns: pending. Index: feed_batch_pending.
RETURN EXISTS { MATCH (b:FeedBatch {pending: true}) } AS pending
