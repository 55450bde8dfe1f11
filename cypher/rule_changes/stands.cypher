// The components of linking identifiers, by the first record that carries each.
// Parameters: keys [text]. Columns: key, component. Index: identifier_key.
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
WHERE NOT i.shared AND NOT i.blocked
RETURN key, head(COLLECT { MATCH (i)<-[:HAS_IDENTIFIER]-(r) RETURN r.component LIMIT 1 }) AS component
