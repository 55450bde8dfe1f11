// Notes that others have heard what expires up to this day; never an earlier one than before.
// Parameters: day. Columns: none. Index: programme_id.
MERGE (p:Programme {id: 'programme'})
SET p.expiryNoticed = CASE WHEN p.expiryNoticed > date($day) THEN p.expiryNoticed ELSE date($day) END
