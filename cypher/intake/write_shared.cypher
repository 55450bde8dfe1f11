// Identifiers that turned out to be used by too many different people: they stay visible and stop linking.
// Parameters: rows [{key, people}]. Index: identifier_key.
UNWIND $rows AS row
MATCH (i:Identifier {key: row.key})
SET i.shared = true, i.people = row.people
