// Why people that share evidence stay different people, counted by rule.
// Parameters: none. Columns: rule, type, pairs. Index: none, it reads the relationships of one type.
// allows: DirectedRelationshipTypeScan (a count over all findings)
MATCH ()-[apart:KEPT_APART]->()
RETURN apart.rule AS rule, apart.type AS type, count(*) AS pairs
ORDER BY pairs DESC
LIMIT 50
