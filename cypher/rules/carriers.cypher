// Records that carry identifiers which not too many do, or that decisions are about.
// Parameters: identifiers [{key, most}], decisions [text]. Columns: keys [text]. Index: identifier_key, decision_id.
CALL () {
  UNWIND $identifiers AS row
  MATCH (i:Identifier {key: row.key})
  WHERE NOT i.blocked AND COUNT { (i)<-[:HAS_IDENTIFIER]-() } <= row.most
  MATCH (i)<-[:HAS_IDENTIFIER]-(r:SourceRecord)
  RETURN r.key AS key
  UNION
  UNWIND $decisions AS id
  MATCH (:Decision {id: id})-[:ABOUT]->(r:SourceRecord)
  RETURN r.key AS key
}
RETURN collect(DISTINCT key) AS keys
