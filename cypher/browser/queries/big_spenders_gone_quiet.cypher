// Guests with high spend and no visit in the 60 days before the newest visit: a segment to win back.
// Parameters: none. Columns: customer, name, tier, spend, lastVisit, channel. Index: customer_last_visit, customer_spend.
MATCH (newest:Customer)
WHERE newest.lastVisitAt > datetime({year: 1970})
WITH newest.lastVisitAt AS today
ORDER BY today DESC
LIMIT 1
MATCH (c:Customer)
WHERE c.spendMinor >= 50000 AND c.lastVisitAt < today - duration({days: 60})
RETURN
  c.number AS customer,
  c.nameDisplay AS name,
  c.tier AS tier,
  c.spendMinor / 100.0 AS spend,
  date(c.lastVisitAt) AS lastVisit,
  c.preferredChannel AS channel
ORDER BY spend DESC
LIMIT 25
