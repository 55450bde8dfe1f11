// Some pairs of people that stay apart, with what they share.
// Parameters: none. Columns: apart, left, right. Index: none, it stops at its limit.
// allows: DirectedRelationshipTypeScan (it stops at LIMIT)
MATCH apart = (a)-[:KEPT_APART]->(b)
WITH apart, a, b
LIMIT 15
MATCH left = (a)<-[:RESOLVED_TO]-(:SourceRecord)-[:HAS_IDENTIFIER]->(i:Identifier)
MATCH right = (b)<-[:RESOLVED_TO]-(:SourceRecord)-[:HAS_IDENTIFIER]->(i)
RETURN apart, left, right
LIMIT 100
