// A page of the operations log backwards: the decisions newer than one of them, the nearest first.
// Parameters: above (the first id of the page behind, or empty text), size.
// Columns: id, kind, actor, sealed, at, active, of, field, value (sealed), about [[record, rule, side]],
//   identifiers [[key, type, display]].
// Index: decision_id.
MATCH (d:Decision)
WHERE d.id > $above
WITH d
ORDER BY d.id
LIMIT $size
RETURN
  d.id AS id,
  d.kind AS kind,
  d.actor AS actor,
  d.sealed AS sealed,
  toString(d.at) AS at,
  d.active AS active,
  d.field AS field,
  d.value AS value,
  head([(d)-[:OF]->(base:Decision) | base.id]) AS of,
  [(d)-[a:ABOUT]->(r:SourceRecord) | [r.key, a.rule, a.side]] AS about,
  [(d)-[:ABOUT]->(i:Identifier) | [i.key, i.type, i.display]] AS identifiers
ORDER BY id
