// Identifiers that no longer count as shared, by the limits of each type: they link again at their next use.
// Parameters: limits [{type, people}]. Columns: count. Index: identifier_shared.
// allows: Eager (shared identifiers are few, and found before they are changed)
UNWIND $limits AS limit
MATCH (i:Identifier {shared: true})
WHERE i.type = limit.type AND i.people <= limit.people
CALL (i) {
  SET i.shared = false
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(*) AS count
