// Which of these commands and ledger entries the store has.
// Parameters: batch.commands [text], batch.entries [text]. Columns: known [text]. Index: points_command_key,
// ledger_entry_key.
CALL () {
  UNWIND $batch.commands AS key
  MATCH (k:PointsCommand {key: key})
  RETURN k.key AS key
  UNION
  UNWIND $batch.entries AS key
  MATCH (l:LedgerEntry {key: key})
  RETURN l.key AS key
}
RETURN collect(key) AS known
