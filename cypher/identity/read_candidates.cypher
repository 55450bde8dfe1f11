// The records that carry any of these tokens, without tokens that too many records carry: candidates to compare.
// Parameters: batch.keys [text], all locked before; batch.most. Columns: candidates [{key, component, sealed}].
// Index: match_key_key.
CALL () {
  UNWIND $batch.keys AS key
  MATCH (m:MatchKey {key: key})
  WHERE COUNT { (m)<-[:HAS_MATCH_KEY]-() } <= $batch.most
  MATCH (m)<-[:HAS_MATCH_KEY]-(r:SourceRecord)
  RETURN DISTINCT r
}
RETURN collect({key: r.key, component: r.component, sealed: r.sealed}) AS candidates
