// Customers whose bonuses are to be computed anew, from a number on and then from the first.
// Parameters: start (a number, or empty), size. Columns: numbers [text]. Index: customer_bonuses_pending.
WITH
  COLLECT {
    MATCH (c:Customer)
    WHERE c.bonusesPending = true AND c.number >= $start
    RETURN c.number LIMIT $size
  } AS found
RETURN CASE WHEN size(found) > 0 THEN found ELSE COLLECT {
  MATCH (c:Customer)
  WHERE c.bonusesPending = true AND c.number >= ''
  RETURN c.number LIMIT $size
} END AS numbers
