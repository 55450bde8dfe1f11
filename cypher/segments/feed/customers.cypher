// Locks customers, so that what is read of them now is what stands until this is committed; what is written later is
// looked at again. Further columns follow. Parameters: numbers, sorted. Gives: c. Index: customer_number.
UNWIND $numbers AS number
MATCH (c:Customer {number: number})
REMOVE c.segmentsPending
WITH collect(c) AS locked
UNWIND locked AS c
WITH c
