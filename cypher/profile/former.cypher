// Part: the retired numbers that lead to this customer, over any number of merges.
// Expects: c. Column: part.
COLLECT {
  MATCH (old:Customer)-[:MERGED_INTO*1..10000]->(c)
  RETURN old.number AS number
  ORDER BY number
  LIMIT 1000
} AS part
