// The part of a profile that every selection needs, for a caller who may see some brands only. Values that are computed
// from all brands are left out unless the caller may see all; the strictest consents hold for all brands. wholeStats: only
// its lots of the shown brands are shown: points of theirs may have been used as another record of the guest.
// Expects: c, shownBrands, whole. Columns: customer.
RETURN
  CASE
    WHEN whole THEN c {
      .number, .sealed, .nameDisplay, .known, .records, .tier, .visits, .currency, .spendMinor, .points, .brands,
      .preferredChannel, .stats, .consents,
      whole: true,
      createdAt: toString(c.createdAt),
      joinedAt: toString(c.joinedAt),
      firstVisitAt: toString(c.firstVisitAt),
      lastVisitAt: toString(c.lastVisitAt)
    }
    ELSE c {.number, .consents, whole: false, shownBrands: shownBrands, wholeStats: c.stats}
  END AS customer
