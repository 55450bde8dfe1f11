// Numbers that a merge retired, and the customers that they lead to now.
// Parameters: none. Columns: path. Index: none, it stops at its limit.
// allows: DirectedRelationshipTypeScan (it stops at LIMIT)
MATCH path = ()-[:MERGED_INTO]->()
RETURN path
LIMIT 40
