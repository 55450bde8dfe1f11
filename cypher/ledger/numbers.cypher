// A page of the numbers of active customers.
// Parameters: after (a number, or empty), size. Columns: numbers. Index: customer_number.
MATCH (c:Customer)
WHERE c.number > $after AND c.status = 'active'
WITH c.number AS number
ORDER BY number
LIMIT $size
RETURN collect(number) AS numbers
