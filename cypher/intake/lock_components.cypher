// Locks the components of a decision. One that is gone was joined to another: the caller reads again.
// Parameters: ids [text], sorted. Columns: none. Index: component_id.
UNWIND $ids AS id
MATCH (k:Component {id: id})
REMOVE k._lock
