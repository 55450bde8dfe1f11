// Identifiers that count as shared no longer, by the limits of each type: they link again where they are met.
// Parameters: limits [{type, people}]. Columns: count. Index: identifier_shared.
// allows: Eager (shared identifiers are few, and found before they are changed)
UNWIND $limits AS limit
MATCH (i:Identifier {shared: true})
WHERE i.type = limit.type AND i.people <= limit.people
CALL (i) {
  SET i.shared = false
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(*) AS count
