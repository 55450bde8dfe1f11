// The part of a profile that every selection needs: the customer's own properties. Further parts follow as columns.
// Expects: c. Columns: customer.
RETURN {
  number: c.number,
  sealed: c.sealed,
  nameDisplay: c.nameDisplay,
  known: c.known,
  records: c.records,
  tier: c.tier,
  visits: c.visits,
  currency: c.currency,
  spendMinor: c.spendMinor,
  points: c.points,
  brands: c.brands,
  preferredChannel: c.preferredChannel,
  stats: c.stats,
  consents: c.consents,
  createdAt: toString(c.createdAt),
  joinedAt: toString(c.joinedAt),
  firstVisitAt: toString(c.firstVisitAt),
  lastVisitAt: toString(c.lastVisitAt),
  sort: coalesce(c.lastVisitAt, c.createdAt).epochMillis
} AS customer
