// Locks limits, behind the components and in one order, so that no two transactions wait for each other.
// Parameters: batch.limits [text], sorted. Columns: none. Index: limit_key.
UNWIND $batch.limits AS key
MERGE (l:Limit {key: key})
  ON CREATE SET l.used = 0
REMOVE l._lock
