// Condition: the last visit lies in a span of time; false without a visit.
// Expects: c. Parameters: leaf {after, until} in milliseconds: after excluded, until included.
coalesce(c.lastVisitAt.epochMillis > $leaf.after AND c.lastVisitAt.epochMillis <= $leaf.until, false)
