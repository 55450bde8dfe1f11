// Whether an order counts, and the time of the event that its values are from.
// Parameters: key. Columns: status, at. Index: transaction_key.
MATCH (t:Transaction {key: $key})
WHERE t.at IS NOT NULL
RETURN t.status AS status, toString(t.at) AS at
