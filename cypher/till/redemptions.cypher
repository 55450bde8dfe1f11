// The redemptions that a till asked for, by the keys that they would have, and what took each back.
// Parameters: keys [text]. Columns: key, asked, reversal (key of the command; null while it stands). Index: points_command_key.
UNWIND $keys AS key
MATCH (k:PointsCommand {key: key})
RETURN k.key AS key, k.asked AS asked, head([(k)<-[:OF]-(back:PointsCommand {kind: 'reverse'}) | back.key]) AS reversal
