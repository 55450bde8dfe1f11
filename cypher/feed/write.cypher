// Stores what a commit has for the feed, in its own transaction. The store's clock orders commits behind one lock.
// Parameters: batch.feed [JSON of the events], one at most. Index: none.
UNWIND $batch.feed AS events
CREATE (:FeedBatch {events: events, written: datetime.realtime(), pending: true})
