// All nodes of one label with their properties, for the baseline to write again by plain UNWIND. The benchmark replaces LABEL.
// Parameters: none. Columns: props. Index: none.
// allows: NodeByLabelScan (a benchmark's export)
MATCH (n:LABEL)
RETURN properties(n) AS props
