// Locks customers, so that what is read now stays true until the commit; a customer that is written later is
// checked again. Further columns follow. Parameters: numbers, sorted. Gives: c. Index: customer_number.
UNWIND $numbers AS number
MATCH (c:Customer {number: number})
REMOVE c.segmentsPending
WITH collect(c) AS locked
UNWIND locked AS c
WITH c
