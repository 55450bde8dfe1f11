// Finder: the customer of a source record.
// Parameters: find {key}. Gives: c. Index: source_record_key.
MATCH (:SourceRecord {key: $find.key})-[:RESOLVED_TO]->(c:Customer)
WITH c
