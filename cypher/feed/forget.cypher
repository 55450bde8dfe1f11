// Deletes batches of events that were written more than so many days ago.
// Parameters: days, size. Columns: deleted. Index: feed_batch_written.
// allows: Eager (they are found before they are deleted)
MATCH (b:FeedBatch)
WHERE b.written < datetime() - duration({days: $days}) AND b.place IS NOT NULL
WITH b
LIMIT $size
DELETE b
RETURN count(*) AS deleted
