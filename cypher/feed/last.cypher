// Where the feed ends now. No row before anything was in it.
// Parameters: none. Columns: last. Index: feed_id.
MATCH (f:Feed {id: 'feed'})
RETURN f.last AS last
