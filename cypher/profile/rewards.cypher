// Part: what decides which rewards the customer gets: the tier, the rewards that were got before, and how much is gone of
// limits that all guests share. Limits of personal codes are left out: there may be millions.
// Expects: c. Column: part: [tier, [[reward, coupon, at, until, open, kinds]], [[key, used, holds]]].
// Index: limit_key.
head(COLLECT {
  RETURN [
    c.tier,
    COLLECT {
      MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:COMMANDED]->(k:PointsCommand)
      WHERE k.reward IS NOT NULL
      RETURN [
        k.reward,
        k.coupon,
        toString(k.at),
        toString(k.until),
        EXISTS { MATCH (k)<-[:HOLDS]-(:SourceRecord) },
        [k.kind] + COLLECT { MATCH (k)<-[:OF]-(after:PointsCommand) RETURN after.kind }
      ]
    },
    COLLECT {
      MATCH (l:Limit)
      WHERE l.key STARTS WITH 'stock|' OR l.key STARTS WITH 'budget|' OR l.key STARTS WITH 'coupon|'
      RETURN [l.key, l.used, l.holds]
    }
  ]
}) AS part
