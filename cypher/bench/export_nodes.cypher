// All nodes of one label with their properties, to be written again by plain UNWIND. LABEL is put in by the benchmark.
// Parameters: none. Columns: props. Index: none.
// allows: NodeByLabelScan (a benchmark's export)
MATCH (n:LABEL)
RETURN properties(n) AS props
