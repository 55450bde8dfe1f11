// Part: the personal coupons of the customer, the newest first. limit: how much of the code is used, and set aside.
// Expects: c. Column: part. Index: limit_key.
COLLECT {
  MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:COMMANDED]->(k:PointsCommand)
  WHERE k.code IS NOT NULL
  WITH k
  ORDER BY k.at DESC, k.key
  LIMIT 100
  RETURN {
    key: k.key,
    coupon: k.coupon,
    code: k.code,
    sealed: k.sealed,
    at: toString(k.at),
    limit: head(COLLECT { MATCH (l:Limit {key: 'code|' + k.code}) RETURN [l.used, l.holds] })
  }
} AS part
