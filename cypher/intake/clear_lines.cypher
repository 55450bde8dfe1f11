// Removes lines and store from transactions whose order was sent again.
// Parameters: batch.reordered [text]. Index: transaction_key.
// allows: Eager (lines of one batch, read before they are deleted)
UNWIND $batch.reordered AS key
MATCH (t:Transaction {key: key})-[old:CONTAINS|AT]->()
DELETE old
