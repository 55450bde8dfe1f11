// The components in which some customers stand, before any lock.
// Parameters: batch.numbers [text]. Columns: components [text]. Index: customer_number.
UNWIND $batch.numbers AS number
MATCH (c:Customer {number: number})<-[:RESOLVED_TO]-(r:SourceRecord)
RETURN collect(DISTINCT r.component) AS components
