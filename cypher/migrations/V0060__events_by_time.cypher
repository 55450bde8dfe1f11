// Accepted events keep their content, and are read again in the order of their commits.
CREATE INDEX event_received IF NOT EXISTS FOR (e:Event) ON (e.receivedAt);
