// The baseline: nodes by plain UNWIND. LABEL is put in by the benchmark.
// Parameters: rows [properties]. Index: none, it only creates.
UNWIND $rows AS row
CREATE (n:LABEL)
SET n = row
