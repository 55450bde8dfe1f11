// Components of the records that carry identifiers which not too many records carry.
// Parameters: identifiers [{key, most}]. Columns: components [text]. Index: identifier_key.
UNWIND $identifiers AS row
MATCH (i:Identifier {key: row.key})
WHERE NOT i.blocked AND COUNT { (i)<-[:HAS_IDENTIFIER]-() } <= row.most
MATCH (i)<-[:HAS_IDENTIFIER]-(r:SourceRecord)
RETURN collect(DISTINCT r.component) AS components
