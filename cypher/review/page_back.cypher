// A page of the review queue backwards: findings before a key, the nearest first, without those skipped for now.
// Parameters: before (text), size, now (RFC 3339). Columns: key, left, right {number, name, records}, rule, type, detail, at,
// claimedBy, claimedUntil.
// Index: kept_apart_queued, review_key.
MATCH (a:Customer)-[k:KEPT_APART]->(b:Customer)
WHERE k.queued < $before
OPTIONAL MATCH (v:Review {key: k.queued})
WITH a, k, b, v
WHERE v.skippedUntil IS NULL OR v.skippedUntil <= datetime($now)
WITH a, k, b, v
ORDER BY k.queued DESC
LIMIT $size
RETURN
  k.queued AS key,
  a {.number, name: a.nameDisplay, .records} AS left,
  b {.number, name: b.nameDisplay, .records} AS right,
  k.rule AS rule,
  k.type AS type,
  k.detail AS detail,
  toString(k.at) AS at,
  CASE WHEN v.claimedUntil > datetime($now) THEN v.claimedBy END AS claimedBy,
  CASE WHEN v.claimedUntil > datetime($now) THEN toString(v.claimedUntil) END AS claimedUntil
ORDER BY key DESC
