// Refused events are read again in the order in which they came, for the journal.
CREATE INDEX quarantined_received IF NOT EXISTS FOR (q:Quarantined) ON (q.receivedAt);
