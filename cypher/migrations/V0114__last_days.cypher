// Ledger entries by the last day of their points, so that what expires soon is found without looking at every guest.
CREATE INDEX ledger_entry_expires IF NOT EXISTS FOR (l:LedgerEntry) ON (l.expires, l.key);
