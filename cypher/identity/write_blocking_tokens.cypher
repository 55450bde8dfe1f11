// Writes the blocking tokens of source records, marks tokens that too many records carry, and deletes unused ones.
// Parameters: batch.matching [{record, keys}], sorted; batch.blockingTokens [{key, hot}], all locked before.
// Index: source_record_key, match_key_key.
// allows: Eager (rows of one batch, what is deleted is found first)
CALL () {
  UNWIND $batch.matching AS row
  MATCH (r:SourceRecord {key: row.record})-[old:HAS_MATCH_KEY]->(m:MatchKey)
  WHERE NOT m.key IN row.keys
  DELETE old
}
CALL () {
  UNWIND $batch.matching AS row
  MATCH (r:SourceRecord {key: row.record})
  UNWIND row.keys AS key
  MATCH (m:MatchKey {key: key})
  MERGE (r)-[:HAS_MATCH_KEY]->(m)
}
CALL () {
  UNWIND $batch.blockingTokens AS row
  MATCH (m:MatchKey {key: row.key})
  SET m.hot = row.hot
  WITH m
  WHERE NOT EXISTS { (m)<-[:HAS_MATCH_KEY]-() }
  DELETE m
}
