// The feed of identity changes: read by place; `pending` stands only on those that nobody has read yet.
CREATE CONSTRAINT identity_change_key IF NOT EXISTS FOR (x:IdentityChange) REQUIRE x.key IS UNIQUE;
CREATE CONSTRAINT identity_feed_id IF NOT EXISTS FOR (f:IdentityFeed) REQUIRE f.id IS UNIQUE;
CREATE INDEX identity_change_place IF NOT EXISTS FOR (x:IdentityChange) ON (x.place);
CREATE INDEX identity_change_pending IF NOT EXISTS FOR (x:IdentityChange) ON (x.pending);
