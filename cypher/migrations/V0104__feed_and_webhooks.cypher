// The feed of events for others, read by place; `pending` stands only on what has no place yet. Webhooks read it.
CREATE CONSTRAINT feed_id IF NOT EXISTS FOR (f:Feed) REQUIRE f.id IS UNIQUE;
CREATE CONSTRAINT feed_batch_place IF NOT EXISTS FOR (b:FeedBatch) REQUIRE b.place IS UNIQUE;
CREATE INDEX feed_batch_pending IF NOT EXISTS FOR (b:FeedBatch) ON (b.pending);
CREATE INDEX feed_batch_written IF NOT EXISTS FOR (b:FeedBatch) ON (b.written);
CREATE CONSTRAINT webhook_id IF NOT EXISTS FOR (w:Webhook) REQUIRE w.id IS UNIQUE;
CREATE CONSTRAINT dead_letter_key IF NOT EXISTS FOR (d:DeadLetter) REQUIRE d.key IS UNIQUE;
