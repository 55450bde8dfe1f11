// Where the feed of identity changes ends now. None before anything was read from it.
// Parameters: none. Columns: last. Index: identity_feed_id.
MATCH (f:IdentityFeed {id: 'feed'})
RETURN f.last AS last
