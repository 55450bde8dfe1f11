// The number of the newest published version of the programme.
// Parameters: none. Columns: programme. Index: programme_id.
OPTIONAL MATCH (p:Programme {id: 'programme'})
RETURN coalesce(p.newest, 0) AS programme
