// Finder: the customers whose source records carry an identifier; at most two, as two are already ambiguous.
// Parameters: find {key}. Gives: c. Index: identifier_key.
MATCH (:Identifier {key: $find.key, blocked: false})<-[:HAS_IDENTIFIER]-(:SourceRecord)-[:RESOLVED_TO]->(c:Customer)
WITH DISTINCT c
LIMIT 2
