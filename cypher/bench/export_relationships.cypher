// All relationships of one kind with the keys of their ends. The benchmark replaces FROM, TYPE, TO and their keys.
// Parameters: none. Columns: a, b, props. Index: none.
// allows: NodeByLabelScan (a benchmark's export)
MATCH (a:FROM)-[r:TYPE]->(b:TO)
RETURN a.FROM_KEY AS a, b.TO_KEY AS b, properties(r) AS props
