// Source records after a key, in the order of their keys. Parameters: after (text), size. Columns: key, component.
// Index: source_record_key.
MATCH (r:SourceRecord)
WHERE r.key > $after
RETURN r.key AS key, r.component AS component
ORDER BY key
LIMIT $size
