// The next last day that some ledger entry has. No row where there is none up to a day.
// Parameters: after, until (days). Columns: day. Index: ledger_entry_expires.
MATCH (l:LedgerEntry)
WHERE date($after) < l.expires <= date($until) AND l.key > ''
RETURN toString(l.expires) AS day
ORDER BY l.expires
LIMIT 1
