// The active customer that a number stands for, and where its records stand.
// Parameters: number (text), most (whole number). Columns: number, records [[key, component]]. Index: customer_number.
MATCH (:Customer {number: $number})-[:MERGED_INTO*0..64]->(c:Customer {status: 'active'})
RETURN c.number AS number, COLLECT { MATCH (c)<-[:RESOLVED_TO]-(r) RETURN [r.key, r.component] LIMIT $most } AS records
