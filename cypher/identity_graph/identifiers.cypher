// The display forms of the identifiers of whole components, and how many people use the shared ones.
// Parameters: batch.components [text]. Columns: identifiers [{key, display, people}]. Index: source_record_component.
UNWIND $batch.components AS id
MATCH (r:SourceRecord {component: id})-[:HAS_IDENTIFIER]->(i:Identifier)
WITH DISTINCT i
RETURN collect({key: i.key, display: i.display, people: i.people}) AS identifiers
