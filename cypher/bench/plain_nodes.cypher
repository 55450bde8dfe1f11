// The baseline: nodes by plain UNWIND. The benchmark replaces LABEL.
// Parameters: rows [properties]. Index: none, it only creates.
UNWIND $rows AS row
CREATE (n:LABEL)
SET n = row
