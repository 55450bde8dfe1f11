// Where the feed of identity changes ends now. No row before its first read.
// Parameters: none. Columns: last. Index: identity_feed_id.
MATCH (f:IdentityFeed {id: 'feed'})
RETURN f.last AS last
