// Deletes a dead letter that was delivered after all.
// Parameters: key. Columns: none. Index: dead_letter_key.
MATCH (d:DeadLetter {key: $key})
DETACH DELETE d
