// The form of several queries in one statement. Each uses TURN: a variable that all depend on keeps the planner from
// reordering them, as it may with independent subqueries, so that reads run after locks.
// Columns: those of the queries, and turn.
WITH 0 AS turn
CALL (turn) {
  QUERY
}
RETURN *
