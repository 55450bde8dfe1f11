// Why each record of that guest belongs to them: the rule, and the masked identifier that ties it to the others.
// Parameters: none. Columns: customer, source, kind, rule, via, since. Index: customer_spend, identifier_key.
MATCH (c:Customer)
WHERE c.spendMinor > 0 AND c.records >= 3
WITH c
ORDER BY c.spendMinor DESC
LIMIT 1
MATCH (c)<-[link:RESOLVED_TO]-(r:SourceRecord)
OPTIONAL MATCH (i:Identifier {key: link.via})
RETURN c.number AS customer, r.source AS source, r.kind AS kind, link.rule AS rule, i.display AS via, link.since AS since
ORDER BY since
LIMIT 100
