// Limits with their counters as they are stored, and as the commands say that take of them.
// Parameters: batch.limits [text].
// Columns: limits [{key, used, holds, taken}]; taken [[until, amount]]: until null: used; else set aside until then.
// Index: limit_key.
MATCH (l:Limit)
WHERE l.key IN $batch.limits
WITH {
  key: l.key,
  used: l.used,
  holds: l.holds,
  taken: COLLECT {
    MATCH (l)<-[taken:TAKES]-(k:PointsCommand)
    WITH
      taken.amount AS amount,
      k.until AS until,
      EXISTS { (k)<-[:HOLDS]-() } AS open,
      k.kind IN ['grant', 'transfer'] AS given,
      [k.kind] + COLLECT { MATCH (k)<-[:OF]-(after:PointsCommand) RETURN after.kind } AS kinds
    WHERE given OR NOT ('release' IN kinds OR 'reverse' IN kinds)
    WITH amount, until, open, given OR 'redeem' IN kinds OR 'capture' IN kinds AS used
    WHERE used OR open
    WITH CASE WHEN used THEN null ELSE toString(until) END AS until, sum(amount) AS amount
    RETURN [until, amount]
  }
} AS row
RETURN collect(row) AS limits
