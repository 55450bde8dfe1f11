// Marks a page of customers, by number, whose bonuses are to be computed anew.
// Parameters: after (a number, or empty), size. Columns: last (number; null after the last page). Index: customer_number.
MATCH (c:Customer)
WHERE c.number > $after AND c.status = 'active'
WITH c
ORDER BY c.number
LIMIT $size
SET c.bonusesPending = true
RETURN max(c.number) AS last
