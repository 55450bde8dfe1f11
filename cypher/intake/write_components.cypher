// New components, and those that have no record left.
// Parameters: created [text], emptied [text]. Columns: created, emptied (counts). Index: component_id.
// allows: Eager (ids of one batch, found before they are deleted)
CALL () {
  UNWIND $created AS id
  CREATE (:Component {id: id})
  RETURN count(*) AS created
}
CALL () {
  UNWIND $emptied AS id
  MATCH (k:Component {id: id})
  DELETE k
  RETURN count(*) AS emptied
}
RETURN created, emptied
