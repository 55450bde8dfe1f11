// How many source records there are. Parameters: none. Columns: records. Index: the count store.
MATCH (r:SourceRecord)
RETURN count(r) AS records
