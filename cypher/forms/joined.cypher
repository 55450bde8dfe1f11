// The form of several queries in one statement. Each takes a TURN: a variable that all depend on keeps the planner from
// putting them in another order, as it may with subqueries that depend on nothing, and reads stand behind locks.
// Columns: those of the queries, and turn.
WITH 0 AS turn
CALL (turn) {
  QUERY
}
RETURN *
