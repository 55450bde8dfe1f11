// Whether an order counts, the time of the event that its values are from, and what took it back.
// Parameters: key. Columns: status, at, cancelled (clock of the newest cancellation, or null), limited (those of limited
// senders, as JSON by the sender's rights, or null). Index: transaction_key.
MATCH (t:Transaction {key: $key})
WHERE t.at IS NOT NULL
RETURN t.status AS status, toString(t.at) AS at, t.cancelledClock AS cancelled, t.limitedCancellations AS limited
