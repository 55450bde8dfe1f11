// The last day up to which others have heard what expires. No row before the first notice.
// Parameters: none. Columns: day. Index: programme_id.
MATCH (p:Programme {id: 'programme'})
WHERE p.expiryNoticed IS NOT NULL
RETURN toString(p.expiryNoticed) AS day
