// Guests by tier: their number, spend and visits.
// Parameters: none. Columns: tier, guests, meanSpend, medianSpend, meanVisits, points. Index: customer_spend.
MATCH (c:Customer)
WHERE c.spendMinor > 0
RETURN
  c.tier AS tier,
  count(*) AS guests,
  round(avg(c.spendMinor) / 100, 2) AS meanSpend,
  percentileDisc(c.spendMinor, 0.5) / 100.0 AS medianSpend,
  round(avg(c.visits), 1) AS meanVisits,
  sum(c.points) AS points
ORDER BY meanSpend DESC
LIMIT 20
