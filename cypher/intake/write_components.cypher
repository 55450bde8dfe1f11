// New components, and those that have no record left.
// Parameters: batch.created [text], batch.emptied [text]. Index: component_id.
// allows: Eager (ids of one batch, found before they are deleted)
CALL () {
  UNWIND $batch.created AS id
  CREATE (:Component {id: id})
}
CALL () {
  UNWIND $batch.emptied AS id
  MATCH (k:Component {id: id})
  DELETE k
}
