// How many guests visit one brand, two, three …, and their spend.
// Parameters: none. Columns: brands, guests, meanSpend, meanVisits. Index: customer_spend.
MATCH (c:Customer)
WHERE c.spendMinor > 0
RETURN
  size(c.brands) AS brands,
  count(*) AS guests,
  round(avg(c.spendMinor) / 100, 2) AS meanSpend,
  round(avg(c.visits), 1) AS meanVisits
ORDER BY brands
LIMIT 50
