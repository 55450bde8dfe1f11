// One guest's way through the group: which record paid, where, and which brand that was.
// Parameters: none. Columns: path. Index: customer_spend.
MATCH (c:Customer)
WHERE c.spendMinor > 0 AND size(c.brands) >= 2
WITH c
ORDER BY c.spendMinor DESC
LIMIT 1
MATCH path = (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:MADE]->(:Transaction)-[:AT]->(:Store)-[:OF]->(:Brand)
RETURN path
LIMIT 40
