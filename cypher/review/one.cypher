// One finding that waits for an agent.
// Parameters: key, now (RFC 3339). Columns: key, left, right {number, name, records}, rule, type, detail, at,
// claimedBy, claimedUntil.
// Index: kept_apart_queued, review_key.
MATCH (a:Customer)-[k:KEPT_APART]->(b:Customer)
WHERE k.queued = $key
OPTIONAL MATCH (v:Review {key: k.queued})
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
