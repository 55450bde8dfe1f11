// Stores and brands that orders name. An order does not say to which brand its store belongs: reference data do.
// Parameters: batch.places [store], batch.sellers [brand], both sorted. Index: store_id, brand_id.
// allows: Eager (rows of one batch; a new brand is found again by the next row)
CALL () {
  UNWIND $batch.places AS id
  MERGE (s:Store {id: id})
    ON CREATE SET s.name = id
}
CALL () {
  UNWIND $batch.sellers AS id
  MERGE (b:Brand {id: id})
    ON CREATE SET b.name = id
}
