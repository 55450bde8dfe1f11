// The part of a profile that every selection needs: the customer's own properties. Further parts follow as columns.
// Expects: c. Columns: customer.
RETURN
  c {
    .number, .sealed, .nameDisplay, .known, .records, .tier, .visits, .currency, .spendMinor, .points, .brands,
    .preferredChannel, .stats, .consents,
    createdAt: toString(c.createdAt),
    joinedAt: toString(c.joinedAt),
    firstVisitAt: toString(c.firstVisitAt),
    lastVisitAt: toString(c.lastVisitAt),
    sort: coalesce(c.lastVisitAt, c.createdAt).epochMillis
  } AS customer
