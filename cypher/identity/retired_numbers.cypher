// Which of these customer numbers exist already, and whether they may be used again (retired by a merge).
// Parameters: batch.numbers [text]. Columns: known [{number, status, createdAt}]. Index: customer_number.
UNWIND $batch.numbers AS number
MATCH (c:Customer {number: number})
RETURN collect({number: c.number, status: c.status, createdAt: toString(c.createdAt)}) AS known
