// Finder: the active customer that a number, present or retired, leads to. Merges form chains, so the path is one.
// Parameters: find {number}. Gives: c. Index: customer_number.
MATCH (:Customer {number: $find.number})-[:MERGED_INTO*0..10000]->(c:Customer {status: 'active'})
WITH c
