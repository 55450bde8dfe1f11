// Keys of source records behind a key, in their order. Parameters: after (text), size. Columns: key. Index: source_record_key.
MATCH (r:SourceRecord)
WHERE r.key > $after
RETURN r.key AS key
ORDER BY key
LIMIT $size
