// Why people who share evidence stay apart; the findings of an earlier decision about them are replaced.
// Parameters: numbers [text], rows [{left, right, rule, type, detail}]; now.
// Columns: replaced, kept (counts). Index: customer_number.
// allows: Eager (findings about the people of one batch, found before they are deleted)
CALL () {
  UNWIND $numbers AS number
  MATCH (:Customer {number: number})-[old:KEPT_APART]-(:Customer)
  WITH DISTINCT old
  DELETE old
  RETURN count(*) AS replaced
}
CALL () {
  UNWIND $rows AS row
  MATCH (a:Customer {number: row.left})
  MATCH (b:Customer {number: row.right})
  CREATE (a)-[:KEPT_APART {rule: row.rule, type: row.type, detail: row.detail, at: datetime($now)}]->(b)
  RETURN count(*) AS kept
}
RETURN replaced, kept
