// Empties a benchmark's or test's own store, but for what migrations recorded.
// Parameters: none. Index: none.
// allows: AllNodesScan (it deletes everything)
MATCH (n)
WHERE NOT n:Migrations AND NOT n:Migration
CALL (n) {
  DETACH DELETE n
} IN TRANSACTIONS OF 5000 ROWS
