// After the condition: a page of members by number, from the end.
// Parameters: find {number, size}; number is the cursor's. Gives: c. Index: customer_number.
AND ($find.number IS NULL OR c.number < $find.number)
WITH c
ORDER BY c.number DESC
LIMIT $find.size
WITH c
