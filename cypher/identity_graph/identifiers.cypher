// How the identifiers of whole components are shown, and how many people use those that are shared.
// Parameters: batch.components [text]. Columns: identifiers [{key, display, people}]. Index: source_record_component.
UNWIND $batch.components AS id
MATCH (r:SourceRecord {component: id})-[:HAS_IDENTIFIER]->(i:Identifier)
WITH DISTINCT i
RETURN collect({key: i.key, display: i.display, people: i.people}) AS identifiers
