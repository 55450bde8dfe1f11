// Claims a finding for an agent until a time, or puts it off, unless somebody else has claimed it; it is locked first.
// Parameters: key, actor, now, claimUntil (or null: no claim), skipUntil (or null: not put off; times in RFC 3339).
// Columns: open (whether the finding waits), holder (who has it if it is somebody else).
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
