// Takes the lines and store off transactions whose order was told anew.
// Parameters: batch.reordered [text]. Index: transaction_key.
// allows: Eager (lines of one batch, read before they are deleted)
UNWIND $batch.reordered AS key
MATCH (t:Transaction {key: key})-[old:CONTAINS|AT]->()
DELETE old
