// Creates components, deletes those without records, and writes the size of large ones (null: no longer large).
// Parameters: batch.created [text], batch.emptied [text], batch.sizes [{id, records}]. Index: component_id.
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
CALL () {
  UNWIND $batch.sizes AS row
  MATCH (k:Component {id: row.id})
  SET k.records = row.records
}
