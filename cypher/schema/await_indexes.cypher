// Returns when every index is filled, or fails after a minute.
// Parameters: none.
CALL db.awaitIndexes(60)
