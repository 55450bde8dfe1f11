// Opens every segment query: known, active customers for whom a condition, which follows, holds. Gives: c.
MATCH (c:Customer {status: 'active', known: true})
WHERE
