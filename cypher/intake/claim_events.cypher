// Which of these events were accepted before. A concurrent writer of the same event meets the uniqueness constraint.
// Parameters: batch.events [text]. Columns: taken. Index: event_key.
UNWIND $batch.events AS key
MATCH (e:Event {key: key})
RETURN collect(e.key) AS taken
