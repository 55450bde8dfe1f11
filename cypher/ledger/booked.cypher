// How many ledger entries there are and how many are booked on a record, both from the store's own statistics.
// Parameters: none. Columns: entries, booked. Index: none.
RETURN COUNT { (:LedgerEntry) } AS entries, COUNT { ()-[:BOOKED]->() } AS booked
