// Finder: the customers whose source records carry an identifier; at most two, as two are already ambiguous. A record
// that names several people is none of them.
// Parameters: find {key, anyCard}; anyCard: a card that is blocked finds its guest, too. Gives: c. Index: identifier_key.
MATCH (i:Identifier {key: $find.key, blocked: false})<-[:HAS_IDENTIFIER]-(r:SourceRecord)-[:RESOLVED_TO]->(c:Customer)
WHERE r.kind <> 'several' AND (i.cardBlockedAt IS NULL OR $find.anyCard)
WITH DISTINCT c
LIMIT 2
