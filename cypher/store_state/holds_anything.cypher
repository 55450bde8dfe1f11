// Whether the store holds anything but what migrations created.
// Parameters: none. Columns: holds. Index: none.
// allows: AllNodesScan (it ends at the first node)
RETURN EXISTS {
  MATCH (n)
  WHERE NOT n:Migrations AND NOT n:Migration
} AS holds
