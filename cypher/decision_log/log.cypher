// The operations log, the oldest decision first, for a file that can be replayed.
// Parameters: above (the last id of the page before, or empty), size.
// Columns: id, request, kind, actor, sealed, at, of, field, value (sealed), about [[record, rule, side, leaves]],
//   identifiers [text].
// Index: decision_id.
MATCH (d:Decision)
WHERE d.id > $above
WITH d
ORDER BY d.id
LIMIT $size
RETURN
  d.id AS id,
  d.request AS request,
  d.kind AS kind,
  d.actor AS actor,
  d.sealed AS sealed,
  toString(d.at) AS at,
  d.field AS field,
  d.value AS value,
  head([(d)-[:OF]->(base:Decision) | base.id]) AS of,
  [(d)-[a:ABOUT]->(r:SourceRecord) | [r.key, a.rule, a.side, coalesce(a.leaves, false)]] AS about,
  [(d)-[:ABOUT]->(i:Identifier) | i.key] AS identifiers
ORDER BY id
