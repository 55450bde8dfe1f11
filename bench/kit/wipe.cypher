// Empties the own store of a benchmark or test, except for the records of migrations.
// Parameters: none. Index: none.
// allows: AllNodesScan (it deletes everything)
MATCH (n)
WHERE NOT n:Migrations AND NOT n:Migration
CALL (n) {
  DETACH DELETE n
} IN TRANSACTIONS OF 5000 ROWS
