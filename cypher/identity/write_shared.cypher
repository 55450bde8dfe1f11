// Identifiers that turned out to be used by too many different people: they stay visible and stop linking.
// Parameters: batch.shared [{key, people}]. Index: identifier_key.
// allows: Eager (rows of one batch; they might be nodes, the planner fears)
UNWIND $batch.shared AS row
MATCH (i:Identifier {key: row.key})
SET i.shared = true, i.people = row.people
