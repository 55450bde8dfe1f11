// Which number records had before a decision was made, undone or brought back last, and their own numbers, from before
// all decisions. An own number that other records go by meanwhile is nobody's here.
// Parameters: id (text), keys [text]. Columns: key, before (number), own [number, when it was created].
// Index: decision_id, source_record_key, customer_number.
MATCH (d:Decision {id: $id})
WITH [d.id] + [(turn:Decision)-[:OF]->(d) | turn.id] AS turns
UNWIND $keys AS key
MATCH (r:SourceRecord {key: key})
RETURN
  key,
  head(COLLECT {
    MATCH (r)-[was:WAS_RESOLVED_TO]->(c)
    WHERE was.decision IN turns
    RETURN c.number
    ORDER BY was.until DESC
    LIMIT 1
  }) AS before,
  CASE
    WHEN NOT EXISTS {
      MATCH (c:Customer {number: r.ownNumber[0]})<-[:RESOLVED_TO]-(other:SourceRecord)
      WHERE NOT other.key IN $keys
    } THEN r.ownNumber
  END AS own
