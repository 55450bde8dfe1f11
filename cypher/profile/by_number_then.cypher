// Finder: the customer that a number led to at a moment: itself, or the customer that it was merged into by then.
// Parameters: find {number}, asOf. Gives: c. Index: customer_number.
MATCH merges = (:Customer {number: $find.number})-[:MERGED_INTO*0..10000]->(c:Customer)
WHERE
  all(merge IN relationships(merges) WHERE merge.at <= datetime($asOf))
  AND EXISTS { (:SourceRecord)-[:RESOLVED_TO]->(c) }
WITH c, length(merges) AS merged
ORDER BY merged
LIMIT 1
WITH c
