// A decision, locked, with its subjects; an undo or redo is about another decision.
// Parameters: id (text).
// Columns: id, kind, active, of, about [[record, component, rule, side, leaves]], identifiers [text],
//   override [field, sealed value, actor, time, sealed reason], where it is about a golden field.
// Index: decision_id.
// allows: Eager (one decision; it is locked before anything is read)
MATCH (d:Decision {id: $id})
REMOVE d._lock
RETURN
  d.id AS id,
  d.kind AS kind,
  d.active AS active,
  head([(d)-[:OF]->(base:Decision) | base.id]) AS of,
  [(d)-[a:ABOUT]->(r:SourceRecord) | [r.key, r.component, a.rule, a.side, a.leaves]] AS about,
  [(d)-[:ABOUT]->(i:Identifier) | i.key] AS identifiers,
  CASE WHEN d.field IS NOT NULL THEN [d.field, d.value, d.actor, toString(d.at), d.sealed] END AS override
