// Which records kept their number in a decision, and which number each other record had before.
// Parameters: id (text), keys [text]. Columns: key, held (stood with its customer before the decision), before (number).
// Index: decision_id, source_record_key.
MATCH (d:Decision {id: $id})
UNWIND $keys AS key
MATCH (r:SourceRecord {key: key})
RETURN
  key,
  EXISTS { MATCH (r)-[now:RESOLVED_TO]->() WHERE now.since < d.at } AS held,
  head([(r)-[was:WAS_RESOLVED_TO {decision: $id}]->(c) | c.number]) AS before
