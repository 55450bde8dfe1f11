// Customers whose bonuses and tier are to be computed anew: some that are marked, from a number on and then from the first,
// and some whose tier falls by now, so that neither waits for the other.
// A page of marks (`bonuses/mark_all`) may mark a customer that a merge retires at the same moment: nothing is to be done
// about it.
// Parameters: start (a number, or empty), size (of each kind). Columns: numbers [text].
// Index: customer_bonuses_pending, customer_tier_due.
WITH
  COLLECT {
    MATCH (c:Customer)
    WHERE c.bonusesPending = true AND c.number >= $start AND c.status = 'active'
    RETURN c.number LIMIT $size
  } AS found
WITH CASE WHEN size(found) > 0 THEN found ELSE COLLECT {
  MATCH (c:Customer)
  WHERE c.bonusesPending = true AND c.number >= '' AND c.status = 'active'
  RETURN c.number LIMIT $size
} END AS found
RETURN found + COLLECT {
  MATCH (c:Customer)
  WHERE c.tierDue <= datetime()
  RETURN c.number LIMIT $size
} AS numbers
