// Writes why people that share evidence stay apart; replaces the findings of an earlier resolution of them.
// Parameters: batch.judged [text], batch.apart [{left, right, rule, type, detail, queued}]; batch.now.
// Index: customer_number.
// allows: Eager (findings about the people of one batch, found before they are deleted)
CALL () {
  UNWIND $batch.judged AS number
  MATCH (:Customer {number: number})-[old:KEPT_APART]-(:Customer)
  WITH DISTINCT old
  DELETE old
}
CALL () {
  UNWIND $batch.apart AS row
  MATCH (a:Customer {number: row.left})
  MATCH (b:Customer {number: row.right})
  CREATE (a)-[:KEPT_APART {rule: row.rule, type: row.type, detail: row.detail, at: datetime($batch.now), queued: row.queued}]->(b)
}
