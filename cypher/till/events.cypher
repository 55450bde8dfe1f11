// Accepted events by key: what a till sent, and what it took back.
// Parameters: keys [text]. Columns: key, at, sealed. Index: event_key.
UNWIND $keys AS key
MATCH (e:Event {key: key})
RETURN e.key AS key, toString(e.at) AS at, e.sealed AS sealed
