// Which of these customer numbers exist already, and whether they may be used again (retired by a merge).
// Parameters: numbers [text]. Columns: number, status, createdAt. Index: customer_number.
UNWIND $numbers AS number
MATCH (c:Customer {number: number})
RETURN c.number AS number, c.status AS status, toString(c.createdAt) AS createdAt
