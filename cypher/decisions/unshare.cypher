// Makes shared identifiers link by a decision, or leaves it to the number of their people again.
// Parameters: keys [text], by (the decision's id, or null to undo it). Index: identifier_key.
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
SET i.shared = false, i.unsharedBy = $by
