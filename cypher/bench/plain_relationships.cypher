// The baseline: relationships by plain UNWIND between known keys. FROM, TYPE, TO, FROM_KEY, TO_KEY are replaced.
// Parameters: rows [{a, b, props}]. Index: the uniqueness constraints of both labels.
// allows: Eager (rows of one batch; = may set any property, the planner assumes)
UNWIND $rows AS row
MATCH (a:FROM {FROM_KEY: row.a})
MATCH (b:TO {TO_KEY: row.b})
CREATE (a)-[r:TYPE]->(b)
SET r = row.props
