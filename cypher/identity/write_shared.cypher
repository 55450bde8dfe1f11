// Marks identifiers that too many different people use: they stay visible and stop linking.
// Parameters: batch.shared [{key, people}]. Index: identifier_key.
// allows: Eager (rows of one batch; they might be nodes, the planner assumes)
UNWIND $batch.shared AS row
MATCH (i:Identifier {key: row.key})
SET i.shared = true, i.people = row.people
