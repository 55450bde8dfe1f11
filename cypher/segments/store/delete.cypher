// Deletes a stored segment; customers are untouched.
// Parameters: id. Columns: id; no row where there is none. Index: segment_id.
MATCH (g:Segment {id: $id})
WITH g, g.id AS id
DETACH DELETE g
RETURN id
