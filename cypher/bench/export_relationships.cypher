// All relationships of one kind with the keys of their ends. FROM, TYPE, TO, FROM_KEY, TO_KEY are put in by the benchmark.
// Parameters: none. Columns: a, b, props. Index: none.
// allows: NodeByLabelScan (a benchmark's export)
MATCH (a:FROM)-[r:TYPE]->(b:TO)
RETURN a.FROM_KEY AS a, b.TO_KEY AS b, properties(r) AS props
