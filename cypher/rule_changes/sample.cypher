// Source records whose keyed hash ends below a text: any share of all records, as good as drawn by lot.
// Parameters: after (text), below (text; empty: all), size. Columns: key. Index: source_record_key.
MATCH (r:SourceRecord)
WHERE r.key > $after AND ($below = '' OR right(r.key, 4) < $below)
RETURN r.key AS key
ORDER BY key
LIMIT $size
