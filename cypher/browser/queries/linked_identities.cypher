// One guest, all source records of that guest, and the identifiers that link these records.
// Parameters: none. Columns: path. Index: customer_spend.
MATCH (c:Customer)
WHERE c.spendMinor > 0 AND c.records >= 3
WITH c
ORDER BY c.spendMinor DESC
LIMIT 1
MATCH path = (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:HAS_IDENTIFIER]->(:Identifier)
RETURN path
LIMIT 100
