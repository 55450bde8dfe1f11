// Creates and locks blocking tokens, so that two writers of one token never miss each other; returns their holders.
// Parameters: batch.keys [text], sorted; batch.most: the number of records above which a token's holders are left out.
// Columns: blocking_tokens [{key, hot, count, holders [record]}]. Index: match_key_key.
UNWIND $batch.keys AS key
MERGE (m:MatchKey {key: key})
  ON CREATE SET m.hot = false
REMOVE m._lock
WITH collect(m) AS locked
UNWIND locked AS m
RETURN collect({
  key: m.key,
  hot: m.hot,
  count: COUNT { (m)<-[:HAS_MATCH_KEY]-() },
  holders: CASE
    WHEN COUNT { (m)<-[:HAS_MATCH_KEY]-() } > $batch.most THEN []
    ELSE [(m)<-[:HAS_MATCH_KEY]-(r:SourceRecord) | r.key]
  END
}) AS blocking_tokens
