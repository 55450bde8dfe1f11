// Part: the records that ever belonged to this customer or to a number merged into it, and each record's history.
// Expects: c. Parameters: part {most}. Column: part. Times are also given in microseconds, by which they sort.
COLLECT {
  MATCH (own:Customer)-[:MERGED_INTO*0..10000]->(c)
  MATCH (own)<-[:RESOLVED_TO|WAS_RESOLVED_TO]-(r:SourceRecord)
  WITH DISTINCT r
  ORDER BY r.key
  LIMIT $part.most
  RETURN {
    key: r.key,
    stays: COLLECT {
      MATCH (r)-[stay:RESOLVED_TO|WAS_RESOLVED_TO]->(o:Customer)
      WITH stay, o, stay.since.epochSeconds * 1000000 + stay.since.microsecond AS micros
      ORDER BY micros
      LIMIT 200
      RETURN {
        number: o.number,
        micros: micros,
        since: toString(stay.since),
        rule: stay.rule,
        reason: stay.reason,
        decision: stay.decision
      }
    }
  }
} AS part
