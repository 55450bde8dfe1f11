// Locks the components of a decision. A component that is gone was joined to another: the caller reads again.
// Parameters: batch.locks [text], sorted. Columns: none. Index: component_id.
UNWIND $batch.locks AS id
MATCH (k:Component {id: id})
REMOVE k._lock
