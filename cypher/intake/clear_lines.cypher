// Takes the lines and store off transactions whose order was told anew.
// Parameters: keys [text]. Index: transaction_key.
UNWIND $keys AS key
MATCH (t:Transaction {key: key})-[old:CONTAINS|AT]->()
DELETE old
