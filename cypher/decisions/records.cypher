// The components of source records. Parameters: keys [text]. Columns: key, component. Index: source_record_key.
UNWIND $keys AS key
MATCH (r:SourceRecord {key: key})
RETURN key, r.component AS component
