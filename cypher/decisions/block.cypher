// Blocks identifiers on a decision's account, or lifts that.
// Parameters: keys [text], by (the decision's id, or null to lift). Index: identifier_key.
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
SET i.blocked = $by IS NOT NULL, i.blockedBy = $by
