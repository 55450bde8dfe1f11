// Guests with ledger entries of one last day, a page of entries by key. Guests of whom others heard for this day, or for a
// later one, are left out.
// Parameters: day, after (key), size (entries). Columns: last (key; null: there is no further page), guests [[number, stats]].
// Index: ledger_entry_expires.
MATCH (l:LedgerEntry)
WHERE l.expires = date($day) AND l.key > $after
WITH l
ORDER BY l.expires, l.key
LIMIT $size
WITH collect(l) AS page
RETURN
  CASE WHEN size(page) = $size THEN last(page).key END AS last,
  COLLECT {
    UNWIND page AS l
    MATCH (l)<-[:BOOKED]-(:SourceRecord)-[:RESOLVED_TO]->(c:Customer)
    WHERE c.expiryNoticed IS NULL OR c.expiryNoticed < date($day)
    WITH DISTINCT c
    RETURN [c.number, c.stats]
  } AS guests
