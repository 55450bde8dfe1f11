// What tells whether profiles changed: the read models of the active customers that numbers, present or retired, stand for.
// Parameters: numbers. Columns: number, state. Index: customer_number.
UNWIND $numbers AS number
MATCH (:Customer {number: number})-[:MERGED_INTO*0..64]->(c:Customer {status: 'active'})
RETURN
  number,
  [
    c.number, c.sealed, c.known, c.records, c.tier, c.visits, c.spendMinor, c.points, c.brands, c.stats, c.consents,
    toString(c.joinedAt), toString(c.lastVisitAt)
  ] AS state
