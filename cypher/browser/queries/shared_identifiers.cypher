// Identifiers that too many different people use: a family's phone, an office's e-mail. They stay visible and do not link.
// Parameters: none. Columns: type, display, people, records. Index: identifier_shared.
MATCH (i:Identifier {shared: true})
RETURN i.type AS type, i.display AS display, i.people AS people, COUNT { (i)<-[:HAS_IDENTIFIER]-() } AS records
ORDER BY people DESC
LIMIT 50
