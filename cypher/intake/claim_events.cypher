// Which of these events have been taken before. A concurrent writer of the same event meets the uniqueness constraint.
// Parameters: keys [text]. Columns: keys. Index: event_key.
UNWIND $keys AS key
MATCH (e:Event {key: key})
RETURN collect(e.key) AS keys
