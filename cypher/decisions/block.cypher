// Blocks identifiers by a decision, or unblocks them.
// Parameters: keys [text], by (the decision's id, or null to unblock). Index: identifier_key.
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
SET i.blocked = $by IS NOT NULL, i.blockedBy = $by
