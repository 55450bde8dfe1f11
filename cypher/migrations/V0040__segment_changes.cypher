// The feed of segment changes: read by place. Customers written since the last look, and those whom time alone may move.
CREATE CONSTRAINT segment_feed_id IF NOT EXISTS FOR (f:SegmentFeed) REQUIRE f.id IS UNIQUE;
CREATE CONSTRAINT segment_change_place IF NOT EXISTS FOR (x:SegmentChange) REQUIRE x.place IS UNIQUE;
CREATE INDEX segment_swept_to IF NOT EXISTS FOR (g:Segment) ON (g.sweptTo);
CREATE INDEX customer_segments_pending IF NOT EXISTS FOR (c:Customer) ON (c.segmentsPending);
CREATE INDEX customer_segments_due IF NOT EXISTS FOR (c:Customer) ON (c.segmentsDue);
