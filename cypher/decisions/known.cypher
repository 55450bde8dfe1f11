// The request under which the store has a decision.
// Parameters: id (text). Columns: request. Index: decision_id.
MATCH (d:Decision {id: $id})
RETURN d.request AS request
