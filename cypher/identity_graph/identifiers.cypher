// The display forms of the identifiers of whole components, and how many people use the shared ones.
// Parameters: batch.components [text]. Columns: identifiers [{key, display, people}]. Index: source_record_component.
UNWIND $batch.components AS id
MATCH (r:SourceRecord {component: id})-[:HAS_IDENTIFIER]->(i:Identifier)
WITH DISTINCT i
RETURN collect({key: i.key, display: i.display, people: CASE
        WHEN i.shared THEN COUNT {
          MATCH (i)<-[:HAS_IDENTIFIER]-(:SourceRecord)-[:RESOLVED_TO]->(user:Customer)
          WHERE user.nameKey IS NOT NULL
          WITH user
          LIMIT 10000
          RETURN DISTINCT user
        }
      END}) AS identifiers
