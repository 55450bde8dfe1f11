// The active customers that numbers lead to, and the components of their records.
// Parameters: numbers [text], most (whole number). Columns: asked, number, records [[key, component]].
// Index: customer_number. Merges form chains, so the path is one.
UNWIND $numbers AS asked
MATCH (:Customer {number: asked})-[:MERGED_INTO*0..10000]->(c:Customer {status: 'active'})
RETURN asked, c.number AS number, COLLECT { MATCH (c)<-[:RESOLVED_TO]-(r) RETURN [r.key, r.component] LIMIT $most } AS records
