// Notes of which guests others hear that points expire on this day.
// Parameters: batch.day, batch.numbers [text], sorted. Columns: none. Index: customer_number.
UNWIND $batch.numbers AS number
MATCH (c:Customer {number: number})
SET c.expiryNoticed = date($batch.day)
