// Writes a decision and its subjects: records, identifiers, or an earlier decision that holds from now on or not.
// Parameters: decision {id, request, asked, kind, actor, sealed, at, of, holds} and, of a golden field, field and value (sealed),
//   about [{record, rule, side, leaves}], identifiers [text].
// Index: decision_request, decision_id, source_record_key, identifier_key.
// allows: Eager (the parts of one decision)
MATCH (d:Decision {request: $decision.request})
SET
  d.id = $decision.id,
  d.asked = $decision.asked,
  d.kind = $decision.kind,
  d.actor = $decision.actor,
  d.sealed = $decision.sealed,
  d.at = datetime($decision.at),
  d.field = $decision.field,
  d.value = $decision.value,
  d.active = true
WITH d
CALL (d) {
  UNWIND $about AS row
  MATCH (r:SourceRecord {key: row.record})
  CREATE (d)-[:ABOUT {rule: row.rule, side: row.side, leaves: row.leaves}]->(r)
}
CALL (d) {
  UNWIND $identifiers AS key
  MATCH (i:Identifier {key: key})
  CREATE (d)-[:ABOUT]->(i)
}
CALL (d) {
  MATCH (base:Decision {id: $decision.of})
  SET base.active = $decision.holds
  CREATE (d)-[:OF]->(base)
}
