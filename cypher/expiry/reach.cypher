// Notes that others have heard what expires up to this day; never an earlier one than before.
// Parameters: day. Columns: none. Index: programme_id.
MERGE (p:Programme {id: 'programme'})
SET p.expiryTold = CASE WHEN p.expiryTold > date($day) THEN p.expiryTold ELSE date($day) END
