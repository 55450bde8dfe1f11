// Which blocking tokens source records carry now, which tokens too many carry, and away with those that nobody carries.
// Parameters: batch.matching [{record, keys}], sorted; batch.blockingTokens [{key, hot}], all locked before.
// Index: source_record_key, match_key_key.
// allows: Eager (rows of one batch, what is taken away is found first)
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
