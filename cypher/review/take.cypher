// Claims a finding for an agent until a time, or postpones it, unless another agent has claimed it; locks it first.
// Parameters: key, actor, now, claimUntil (or null: no claim), skipUntil (or null: not postponed; times in RFC 3339).
// Columns: open (whether the finding waits), holder (the other agent that has it).
// Index: kept_apart_queued, review_key.
// allows: Eager (one finding)
MERGE (v:Review {key: $key})
SET v.key = $key
WITH
  v,
  EXISTS { MATCH (:Customer)-[k:KEPT_APART]->(:Customer) WHERE k.queued = $key } AS open,
  CASE WHEN v.claimedUntil > datetime($now) AND v.claimedBy <> $actor THEN v.claimedBy END AS holder
FOREACH (_ IN CASE WHEN open AND holder IS NULL THEN [1] ELSE [] END |
  SET
    v.claimedBy = CASE WHEN $claimUntil IS NULL THEN null ELSE $actor END,
    v.claimedUntil = datetime($claimUntil),
    v.skippedUntil = datetime($skipUntil))
FOREACH (gone IN CASE WHEN open THEN [] ELSE [v] END | DELETE gone)
RETURN open, holder
