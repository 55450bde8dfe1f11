// Finder: the customer whose source record made a transaction.
// Parameters: find {key}. Gives: c. Index: transaction_key.
MATCH (:Transaction {key: $find.key})<-[:MADE]-(:SourceRecord)-[:RESOLVED_TO]->(c:Customer)
WITH c
