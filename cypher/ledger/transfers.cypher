// Both sides of transfers and of their reversals, by what each side booked. Other commands give no row.
// Parameters: batch.keys [text]: of commands.
// Columns: transfers [{key, other, moved, mirrored}]. other: whether there is another side, whose key is this one with ':to' or
// without it; moved and mirrored [[brand, last day, points]]: the entries of this side and of the other one.
// Index: points_command_key.
UNWIND $batch.keys AS key
MATCH (k:PointsCommand {key: key})
WITH k, COLLECT {
  MATCH (k)<-[:FOR]-(l:LedgerEntry)
  WHERE l.account = 'transferred'
  RETURN [l.brand, toString(l.expires), l.points]
} AS moved
WHERE k.kind IN ['transfer', 'receive'] OR moved <> []
OPTIONAL MATCH (other:PointsCommand {
  key: CASE WHEN k.key ENDS WITH ':to' THEN left(k.key, size(k.key) - 3) ELSE k.key + ':to' END
})
RETURN collect({
  key: k.key,
  other: other IS NOT NULL,
  moved: moved,
  mirrored: COLLECT {
    MATCH (other)<-[:FOR]-(l:LedgerEntry)
    WHERE l.account = 'transferred'
    RETURN [l.brand, toString(l.expires), l.points]
  }
}) AS transfers
